#include "service/sandbox/faults/fault_book.h"

#include <algorithm>
#include <utility>

namespace openrouter_images::sandbox {

void FaultBook::Queue(FaultScript fault, std::string text) {
  if (!fault.times) fault.times = 1;
  if (*fault.times == 0) return;
  const std::lock_guard lock(mutex_);
  queue_.push_back({std::move(fault), std::move(text)});
}

std::optional<FaultBook::Scripted> FaultBook::TakeScripted(FaultScript::Route route) {
  const std::lock_guard lock(mutex_);
  const auto due = std::find_if(queue_.begin(), queue_.end(), [route](const Scripted& scripted) {
    const FaultScript& fault = scripted.fault;
    return !fault.tls_stall && (fault.route == FaultScript::Route::kAny || fault.route == route);
  });
  if (due == queue_.end()) return std::nullopt;
  if (--*due->fault.times > 0) return *due;
  Scripted last = std::move(*due);
  queue_.erase(due);
  return last;
}

bool FaultBook::TakeTlsStall() {
  const std::lock_guard lock(mutex_);
  const auto due =
      std::find_if(queue_.begin(), queue_.end(), [](const Scripted& s) { return s.fault.tls_stall; });
  if (due == queue_.end()) return false;
  if (--*due->fault.times == 0) queue_.erase(due);
  return true;
}

bool FaultBook::CountUse(const FaultScript& fault, std::string_view name) {
  if (!fault.times) return true;
  const std::lock_guard lock(mutex_);
  const auto [use, first] = uses_.try_emplace(std::string(name), 0);
  if (use->second >= *fault.times) return false;
  ++use->second;
  return true;
}

void FaultBook::Clear() {
  const std::lock_guard lock(mutex_);
  queue_.clear();
  uses_.clear();
}

}  // namespace openrouter_images::sandbox
