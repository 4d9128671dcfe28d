#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "client/cli/terminal/pixels.h"

namespace openrouter_images::client::cli {

// Images for tests, pixel by pixel. A colour is four bytes: red, green, blue, alpha.

inline Pixels Filled(uint32_t width, uint32_t height, std::vector<uint8_t> rgba) {
  Pixels image{width, height, {}};
  for (uint32_t i = 0; i < width * height; ++i) {
    image.rgba.insert(image.rgba.end(), rgba.begin(), rgba.end());
  }
  return image;
}

inline void Set(Pixels& image, uint32_t x, uint32_t y, std::vector<uint8_t> rgba) {
  std::copy(rgba.begin(), rgba.end(), image.rgba.begin() + (y * image.width + x) * 4);
}

inline const std::vector<uint8_t> kRed = {255, 0, 0, 255};
inline const std::vector<uint8_t> kBlue = {0, 0, 255, 255};
inline const std::vector<uint8_t> kClear = {0, 0, 0, 0};

}  // namespace openrouter_images::client::cli
