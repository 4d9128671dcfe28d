#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "openrouter/images/v1/limits.pb.h"

namespace openrouter::images::limits {

// What limits.proto says about texts. Pure functions.

// Whether there are ASCII control characters (DEL is one).
bool HasControl(std::string_view text);
// The same, or spaces.
bool HasSpaceOrControl(std::string_view text);

// A token of HTTP (RFC 9110): what header names and the halves of a media type are. Not empty.
bool IsToken(std::string_view text);

// What is wrong with a text, as the description of a violation ("takes 80 bytes; at most 64"); empty when
// nothing is. Reports the first fault only, and looks at the characters of a text of acceptable length only.
std::string TextViolation(std::string_view text, const v1::FieldLimits& limits);

}  // namespace openrouter::images::limits
