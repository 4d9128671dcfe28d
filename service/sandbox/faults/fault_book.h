#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/faults/fault_script.h"

namespace openrouter::images::sandbox {

// The faults that wait for a request, and how often each named one was met. Thread-safe.
class FaultBook {
 public:
  struct Scripted {
    Fault fault;
    std::string text;
  };

  // Queues a fault for the next `times` requests of its route (1 when not set). `text` is what the ledger
  // will say.
  void Queue(Fault fault, std::string text);
  // The first fault in the queue that this route may take, if it is due.
  std::optional<Scripted> TakeScripted(Fault::Route route);
  // Whether the next connection is to be left without a handshake.
  bool TakeTlsStall();
  // Counts a request that names its fault by its model; false when the fault's `times` are used up.
  bool Meet(const Fault& fault, std::string_view name);
  // Forgets the queue and the counts.
  void Clear();

 private:
  // Guards the rest.
  std::mutex mutex_;
  std::deque<Scripted> queue_;
  std::map<std::string, int, std::less<>> met_;
};

}  // namespace openrouter::images::sandbox
