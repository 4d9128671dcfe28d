#include "service/admission/admission.h"

#include <utility>

namespace openrouter_images::admission {

std::variant<Ticket, Refusal> Admission::Admit(AdmittedCall& call, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Refusal::kDraining;
  calls_.insert(&call);
  bytes_ += bytes;
  return Ticket(*this, call, bytes);
}

void Admission::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool Admission::WaitUntilEmpty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, limit, [this] { return calls_.empty(); });
}

void Admission::EndAll() {
  const std::lock_guard lock(mutex_);
  for (AdmittedCall* call : calls_) call->EndForDrain();
}

std::size_t Admission::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_.size();
}

std::size_t Admission::bytes() const {
  return bytes_.load(std::memory_order_relaxed);
}

void Admission::Resize(std::size_t from, std::size_t to) {
  bytes_.fetch_add(to - from, std::memory_order_relaxed);
}

void Admission::Return(AdmittedCall& call, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_ -= bytes;
  calls_.erase(&call);
  if (calls_.empty()) empty_.notify_all();
}

Ticket::Ticket(Admission& admission, AdmittedCall& call, std::size_t bytes)
    : admission_(&admission), call_(&call), bytes_(bytes) {}

Ticket::Ticket(Ticket&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      call_(std::exchange(other.call_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

Ticket& Ticket::operator=(Ticket&& other) noexcept {
  std::swap(admission_, other.admission_);
  std::swap(call_, other.call_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->Return(*call_, bytes_);
}

void Ticket::Resize(std::size_t bytes) {
  if (admission_ == nullptr) return;
  admission_->Resize(bytes_, bytes);
  bytes_ = bytes;
}

}  // namespace openrouter_images::admission
