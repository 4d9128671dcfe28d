#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace openrouter_images::errors {

// Make text from outside safe for a status. Pure functions.

// Whether `text` is valid UTF-8 without control characters.
bool IsPrintable(std::string_view text);

// `text` as one line of valid UTF-8: invalid bytes become '?', and each run of spaces and control characters
// one space, with none at the ends.
std::string OneLine(std::string_view text);

// The longest prefix of `text` of at most `max_bytes` (at least 4) that ends between two characters. `text`
// is valid UTF-8.
std::string_view WholeCharacters(std::string_view text, std::size_t max_bytes);

// What a clipped text ends in.
inline constexpr std::string_view kEllipsis = "…";

// At most `max_bytes` of `text` (at least 3), ending in "…" when something was cut; never inside a character.
// `text` is valid UTF-8.
std::string Clip(std::string_view text, std::size_t max_bytes);

}  // namespace openrouter_images::errors
