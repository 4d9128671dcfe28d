#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <chrono>
#include <unordered_set>

namespace openrouter::images::rpc {

// A call in progress, as the registry sees it.
class RegisteredCall {
 public:
  // Ends the call soon, since the service shuts down. Any thread; does not block.
  virtual void EndForDrain() = 0;

 protected:
  ~RegisteredCall() = default;
};

// The calls in progress: the one place where a call is admitted, and where all of them can be ended.
// Thread-safe.
class CallRegistry {
 public:
  // False when no more calls are taken; the call is then not registered.
  [[nodiscard]] bool Add(RegisteredCall& call);
  // Of a call that was added, before it is destroyed. Does nothing for others.
  void Remove(RegisteredCall& call);

  // From now on no call is added.
  void Close();
  // Waits until no call is left; false when some are after `limit`.
  bool WaitUntilEmpty(std::chrono::milliseconds limit);
  // EndForDrain for every call.
  void EndAll();

 private:
  bool Empty() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return calls_.empty(); }

  absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::unordered_set<RegisteredCall*> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace openrouter::images::rpc
