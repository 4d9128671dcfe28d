#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <unordered_set>

namespace openrouter::images::admission {

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
  // Guards the rest. A mutex of the standard library, which ThreadSanitizer knows; Abseil's comes built
  // without.
  std::mutex mutex_;
  std::condition_variable empty_;
  bool closed_ = false;
  std::unordered_set<RegisteredCall*> calls_;
};

}  // namespace openrouter::images::admission
