#include "service/admission/call_registry.h"

namespace openrouter::images::admission {

bool CallRegistry::Add(RegisteredCall& call) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  calls_.insert(&call);
  return true;
}

void CallRegistry::Remove(RegisteredCall& call) {
  const std::lock_guard lock(mutex_);
  calls_.erase(&call);
  if (calls_.empty()) empty_.notify_all();
}

void CallRegistry::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool CallRegistry::WaitUntilEmpty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, limit, [this] { return calls_.empty(); });
}

void CallRegistry::EndAll() {
  const std::lock_guard lock(mutex_);
  for (RegisteredCall* call : calls_) call->EndForDrain();
}

}  // namespace openrouter::images::admission
