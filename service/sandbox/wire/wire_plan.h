#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// What happens to the connection after a reply.
enum class WireEnd {
  kKeepAlive,
  kClose,  // In order; on TLS with close_notify.
  kFin,    // TCP FIN; on TLS without close_notify.
  kReset,  // TCP RST.
};

// A reply as bytes and times: what is written, in which portions, and how the connection ends.
struct WirePlan {
  std::chrono::milliseconds delay{0};  // FaultScript::kForever: nothing is ever written.
  std::vector<BodyPart> pieces;
  std::size_t write_size = 0;  // Bytes per write; 0: each piece in one write.
  std::chrono::milliseconds pause{0};
  WireEnd end = WireEnd::kKeepAlive;
  bool status_sent = true;  // Whether the status line is written completely.
};

// Frames a reply as HTTP/1.1 and applies the fault's defects. `keep_alive` is what the request allows.
WirePlan PlanWire(HttpReply reply, const FaultScript& fault, bool keep_alive);

}  // namespace openrouter_images::sandbox
