#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "openrouter_images/v1/limits.pb.h"

namespace openrouter_images::limits {

// The rules of limits.proto for strings. Pure functions.

// Whether there are ASCII control characters (DEL is one).
bool HasControl(std::string_view text);
// The same, or spaces.
bool HasSpaceOrControl(std::string_view text);

// Whether `text` is a non-empty HTTP token (RFC 9110): the form of header names and of both halves of a media
// type.
bool IsToken(std::string_view text);

// The description of the first limit that `text` violates ("takes 80 bytes; at most 64"); empty when there is
// none. Characters are checked only if the length is within its limit.
std::string TextViolation(std::string_view text, const v1::FieldLimits& limits);

}  // namespace openrouter_images::limits
