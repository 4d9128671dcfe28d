#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "service/sandbox/fault.h"
#include "service/sandbox/generation_request.h"
#include "service/sandbox/http_message.h"

namespace openrouter::images::sandbox {

// The file of one picture. A pure function of the request and the index: equal input gives equal bytes.
std::string DrawPicture(const GenerationRequest& request, int index);

// The whole reply to a generation, with what the fault changes in its pictures. Takes long: not for an I/O
// thread.
HttpReply GenerationReply(const GenerationRequest& request, const Fault& fault, std::int64_t created);

}  // namespace openrouter::images::sandbox
