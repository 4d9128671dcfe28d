#pragma once

#include <string>

#include "client/cli/terminal/pixels.h"

namespace openrouter_images::client::cli {

// The image as sixels, in the 216 colours of a 6x6x6 cube, dithered; pixels that are less than half opaque
// are left out.
std::string SixelImage(const Pixels& image);

}  // namespace openrouter_images::client::cli
