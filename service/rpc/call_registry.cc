#include "service/rpc/call_registry.h"

#include <absl/time/time.h>

namespace openrouter::images::rpc {

bool CallRegistry::Add(RegisteredCall& call) {
  const absl::MutexLock lock(&mutex_);
  if (closed_) return false;
  calls_.insert(&call);
  return true;
}

void CallRegistry::Remove(RegisteredCall& call) {
  const absl::MutexLock lock(&mutex_);
  calls_.erase(&call);
}

void CallRegistry::Close() {
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
}

bool CallRegistry::WaitUntilEmpty(std::chrono::milliseconds limit) {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(this, &CallRegistry::Empty), absl::FromChrono(limit));
}

void CallRegistry::EndAll() {
  const absl::MutexLock lock(&mutex_);
  for (RegisteredCall* call : calls_) call->EndForDrain();
}

}  // namespace openrouter::images::rpc
