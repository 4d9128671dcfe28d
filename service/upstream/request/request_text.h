#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "service/upstream/request/image_request_check.h"

namespace openrouter::images::upstream {

// What the checks of a request say about text. Pure functions.

// Of a session's id, wherever it is given.
inline constexpr std::size_t kMaxSessionIdCharacters = 256;

// Control characters and DEL; of the others only ASCII is told apart.
bool HasControl(std::string_view text);
// The same, and the space.
bool HasSpaceOrControl(std::string_view text);

// A token of HTTP (RFC 9110): what header names and the halves of a media type are. Not empty.
bool IsToken(std::string_view text);

// For ASCII.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// Unicode code points in valid UTF-8.
std::size_t CountCharacters(std::string_view utf8);

// Appends one violation, up to 256 in all: a request could hold millions. Names that the caller chose may
// stand in `path`: it is cut to 128 characters, and what is not printable ASCII is escaped.
void AddViolation(std::string_view path, std::string_view description, errors::Violations& violations);

// Both add a violation and say false when it is too much.
bool CheckBytes(std::string_view path, std::string_view text, std::size_t most,
                errors::Violations& violations);
bool CheckEntries(std::string_view path, std::size_t entries, std::size_t most,
                  errors::Violations& violations);

}  // namespace openrouter::images::upstream
