#pragma once

#include <chrono>
#include <cstdint>

#include "service/sandbox/api/generation_request.h"
#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter::images::sandbox {

// The reply to a generation as server-sent events: partial pictures, or for SVG pieces of text, then the
// finished picture and
// `[DONE]`, with what the fault changes. `time` is spread over the events. Takes long: not for an I/O thread.
HttpReply StreamReply(const GenerationRequest& request, const Fault& fault, std::int64_t created,
                      std::chrono::milliseconds time);

}  // namespace openrouter::images::sandbox
