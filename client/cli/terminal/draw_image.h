#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/cli/terminal/terminal_graphics.h"

namespace openrouter::images::client {

// The image in a file, small, as text for a terminal of `columns` columns. Empty when the file cannot be
// decoded (SVG among others) or the terminal shows no images.
std::string DrawImage(std::string_view file, Graphics graphics, size_t columns);

}  // namespace openrouter::images::client
