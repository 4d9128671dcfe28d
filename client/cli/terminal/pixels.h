#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace openrouter_images::client::cli {

// An image in memory: rows from the top, four bytes per pixel (red, green, blue, alpha; alpha not multiplied
// in).
struct Pixels {
  uint32_t width = 0;
  uint32_t height = 0;
  std::vector<uint8_t> rgba;

  const uint8_t* at(uint32_t x, uint32_t y) const {
    return rgba.data() + (static_cast<size_t>(y) * width + x) * 4;
  }
};

// The image made smaller to fit into a box, its proportions kept; each pixel is the mean of those that it
// replaces, weighted by their alpha. An image that fits is returned as it is. No side becomes 0.
Pixels ShrinkToFit(Pixels image, uint32_t most_width, uint32_t most_height);

}  // namespace openrouter_images::client::cli
