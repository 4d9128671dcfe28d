#include "client/cli/terminal/pixels.h"

#include <algorithm>

namespace openrouter_images::client::cli {
namespace {

// The mean of the box [x0, x1) x [y0, y1), which is not empty.
void AppendMean(const Pixels& image, uint32_t x0, uint32_t x1, uint32_t y0, uint32_t y1,
                std::vector<uint8_t>& rgba) {
  uint64_t colour[3] = {};
  uint64_t alpha = 0;
  for (uint32_t y = y0; y < y1; ++y) {
    for (uint32_t x = x0; x < x1; ++x) {
      const uint8_t* pixel = image.at(x, y);
      for (int i = 0; i < 3; ++i) colour[i] += static_cast<uint64_t>(pixel[i]) * pixel[3];
      alpha += pixel[3];
    }
  }
  for (const uint64_t sum : colour) {
    rgba.push_back(alpha == 0 ? 0 : static_cast<uint8_t>((sum + alpha / 2) / alpha));
  }
  const uint64_t count = static_cast<uint64_t>(x1 - x0) * (y1 - y0);
  rgba.push_back(static_cast<uint8_t>((alpha + count / 2) / count));
}

}  // namespace

Pixels ShrinkToFit(Pixels image, uint32_t most_width, uint32_t most_height) {
  if (image.width <= most_width && image.height <= most_height) return image;
  const double scale = std::min(static_cast<double>(most_width) / image.width,
                                static_cast<double>(most_height) / image.height);
  Pixels small;
  small.width = std::max(1U, static_cast<uint32_t>(image.width * scale + 0.5));
  small.height = std::max(1U, static_cast<uint32_t>(image.height * scale + 0.5));
  small.rgba.reserve(static_cast<size_t>(small.width) * small.height * 4);
  auto edge = [](uint32_t index, uint32_t from, uint32_t to) {
    return static_cast<uint32_t>(static_cast<uint64_t>(index) * from / to);
  };
  for (uint32_t y = 0; y < small.height; ++y) {
    for (uint32_t x = 0; x < small.width; ++x) {
      AppendMean(image, edge(x, image.width, small.width), edge(x + 1, image.width, small.width),
                 edge(y, image.height, small.height), edge(y + 1, image.height, small.height), small.rgba);
    }
  }
  return small;
}

}  // namespace openrouter_images::client::cli
