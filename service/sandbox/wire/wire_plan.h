#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter::images::sandbox {

// How a connection goes on after a reply.
enum class WireEnd {
  kKeepAlive,
  kClose,  // In order: on TLS with close_notify.
  kFin,    // FIN under the TLS layer's feet.
  kReset,  // RST.
};

// A reply as bytes and times: what is written, in which portions, and what follows.
struct WirePlan {
  std::chrono::milliseconds delay{0};  // Fault::kForever: nothing is ever written.
  std::vector<BodyPart> pieces;
  std::size_t write_size = 0;  // Bytes a write; 0 writes a piece at once.
  std::chrono::milliseconds pause{0};
  WireEnd end = WireEnd::kKeepAlive;
  bool status_sent = true;  // Whether the status line is among what is written.
};

// Frames a reply as HTTP/1.1 and breaks it as the fault says. `keep_alive` is what the request allows.
WirePlan PlanWire(HttpReply reply, const Fault& fault, bool keep_alive);

}  // namespace openrouter::images::sandbox
