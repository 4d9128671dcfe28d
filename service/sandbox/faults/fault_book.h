#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/faults/fault_script.h"

namespace openrouter_images::sandbox {

// Queue of faults for coming requests, and use counts of the faults that requests name by their model.
// Thread-safe.
class FaultBook {
 public:
  struct Scripted {
    FaultScript fault;
    std::string text;
  };

  // Queues a fault for the next `times` requests of its route (default 1). `text` goes into the ledger.
  void Queue(FaultScript fault, std::string text);
  // Takes the first queued fault that fits the route; nullopt when there is none.
  std::optional<Scripted> TakeScripted(FaultScript::Route route);
  // Takes a queued `tls=stall`; true when the next connection must get no handshake.
  bool TakeTlsStall();
  // Counts a request whose model is the fault script `name`; false when the fault's `times` are used up.
  bool CountUse(const FaultScript& fault, std::string_view name);
  // Drops the queue and the counts.
  void Clear();

 private:
  // Guards the rest.
  std::mutex mutex_;
  std::deque<Scripted> queue_;
  std::map<std::string, int, std::less<>> uses_;
};

}  // namespace openrouter_images::sandbox
