#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openrouter_images::client::cli {

// Columns of the terminal at a file descriptor; 0 when it is no terminal, 80 when it does not report them.
size_t TerminalWidth(int descriptor);

// Text from elsewhere made safe to show: control characters, escape sequences, marks that turn the direction
// of writing and bytes that are not UTF-8 become U+FFFD; newlines and tabs become spaces.
std::string Printable(std::string_view text);

// Position of the first byte that is not valid UTF-8; unset when all are.
std::optional<size_t> FirstInvalidUtf8(std::string_view text);

// Columns that valid UTF-8 takes, one per code point. Wide and combining characters are counted as one.
size_t DisplayWidth(std::string_view text);

// The longest beginning of valid UTF-8 text that takes at most `width` columns.
std::string_view CutToWidth(std::string_view text, size_t width);

}  // namespace openrouter_images::client::cli
