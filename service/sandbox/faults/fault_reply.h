#pragma once

#include <string>
#include <string_view>

#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter::images::sandbox {

// The reply of a fault that takes the place of a generation. `model_id` and `prompt` are echoed where
// moderation would.
HttpReply ReplyOfFault(const Fault& fault, std::string_view model_id, std::string_view prompt);

// A JSON object's text with the defect; the object must have at least one member.
std::string WithJsonDefect(std::string text, const Fault& fault);

// Adds what a fault changes in the head and in the JSON of any reply.
void ApplyToReply(const Fault& fault, HttpReply& reply);

// Base64 text with the defect.
std::string WithBase64Defect(std::string text, Fault::Base64 defect);

}  // namespace openrouter::images::sandbox
