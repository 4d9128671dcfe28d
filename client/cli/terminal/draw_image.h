#pragma once

#include <cstddef>
#include <string>

#include "client/cli/terminal/pixels.h"
#include "client/cli/terminal/terminal_graphics.h"

namespace openrouter_images::client::cli {

// The image, small, as text for a terminal of `columns` columns: at most 48 columns wide and about as high.
// Empty when the terminal shows no images (Graphics::kNone) or has less than two columns.
std::string DrawImage(Pixels image, Graphics graphics, size_t columns);

}  // namespace openrouter_images::client::cli
