#pragma once

#include <cstdint>
#include <string>

#include "client/cli/terminal/pixels.h"

namespace openrouter_images::client::cli {

// The image in kitty's graphics protocol, shown `columns` wide at the cursor, which goes below it. In
// chunks of at most 4096 bytes of base64, as the protocol asks; the terminal is asked not to answer.
std::string KittyImage(const Pixels& image, uint32_t columns);

}  // namespace openrouter_images::client::cli
