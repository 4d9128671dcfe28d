#pragma once

#include <string>

#include "client/cli/terminal/pixels.h"

namespace openrouter_images::client::cli {

enum class ColourDepth {
  kTrueColor,  // 24 bits
  k256,        // xterm's cube of 216 colours, and its greys
};

// The image as lines of text, one column per pixel and two rows of pixels per line: each character cell has
// an upper and a lower half with a colour each. Pixels that are less than half opaque show the terminal's
// background. Every line resets its colours and ends in a newline.
std::string HalfBlocks(const Pixels& image, ColourDepth depth);

}  // namespace openrouter_images::client::cli
