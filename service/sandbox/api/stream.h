#pragma once

#include <chrono>
#include <cstdint>

#include "service/sandbox/api/generation_request.h"
#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// The reply to a generation as server-sent events: partial images (text chunks for SVG), then the finished
// image and `[DONE]`, with what the fault changes. `time` is spread over the events as pauses. Takes up to
// seconds: not for an I/O thread.
HttpReply StreamReply(const GenerationRequest& request, const FaultScript& fault, std::int64_t created,
                      std::chrono::milliseconds time);

}  // namespace openrouter_images::sandbox
