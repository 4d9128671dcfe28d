#pragma once

#include <string>

#include "client/cli/terminal/pixels.h"

namespace openrouter::images::client {

// The picture as sixels, in the 216 colours of a 6x6x6 cube, dithered; pixels that are less than half opaque
// are left out.
std::string SixelPicture(const Pixels& picture);

}  // namespace openrouter::images::client
