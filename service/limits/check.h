#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "service/limits/violation.h"

namespace openrouter::images::limits {

// Holds every field of `message`, and of the messages inside it, against the limits that are declared at the
// field (openrouter.images.v1.limits), and adds a violation for each that it exceeds, in the order of the
// .proto. `path` is the path of `message` itself; empty for the outermost. Structs are limited without an
// option: together to kMaxStructValues values, each to kMaxStructDepth levels.
//
// Returns whether all lists, maps and Structs are within their bounds. If not, their content was not looked
// at, and should not be by whoever comes next: it can be millions of values.
//
// The time is in proportion to the limits and to the bytes of single texts, not to the number of values in
// the message.
//
//   Violations violations;
//   if (Check(request, "", violations)) CheckRulesBetweenFields(request, violations);
bool Check(const google::protobuf::Message& message, std::string_view path, Violations& violations);

}  // namespace openrouter::images::limits
