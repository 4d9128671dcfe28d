#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "service/limits/violation.h"

namespace openrouter_images::limits {

// Checks every field of `message`, and of the messages inside it, against the limits declared at the field
// (openrouter_images.v1.limits), and adds a violation for each that is exceeded, in the order of the .proto.
// `path` is the path of `message` itself; empty for the outermost. Structs are checked without an option, see
// StructCheck.
//
// Returns whether all lists, maps and Structs are within their bounds. If not, their content is unchecked and
// must not be walked by later checks either.
//
// Reflection copies each map of the message. A message from elsewhere must have passed ScanWire, which bounds
// what it can hold.
//
//   Violations violations;
//   if (Check(request, "", violations)) CheckRulesBetweenFields(request, violations);
bool Check(const google::protobuf::Message& message, std::string_view path, Violations& violations);

}  // namespace openrouter_images::limits
