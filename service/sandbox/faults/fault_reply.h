#pragma once

#include <string>
#include <string_view>

#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// The reply of a fault that replaces a generation. Moderation errors echo `model_id` and the start of
// `prompt`, at most 100 bytes of it.
HttpReply ReplyOfFault(const FaultScript& fault, std::string_view model_id, std::string_view prompt);

// `text`, a JSON object with at least one member, with the defect that `fault.json` names.
std::string WithJsonDefect(std::string text, const FaultScript& fault);

// Applies a fault to any reply: its headers replace ordinary ones, its JSON defect is put into the body.
void ApplyToReply(const FaultScript& fault, HttpReply& reply);

// Base64 text, not empty, with the defect.
std::string WithBase64Defect(std::string text, FaultScript::Base64 defect);

}  // namespace openrouter_images::sandbox
