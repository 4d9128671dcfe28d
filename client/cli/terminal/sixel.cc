#include "client/cli/terminal/sixel.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace openrouter_images::client::cli {
namespace {

constexpr uint32_t kBandRows = 6;
constexpr int kLevels = 6;

// Ordered dithering: in every 4x4 pixels a value between two levels takes the upper one as often as it is
// near.
constexpr int kThresholds[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

int Level(int value, int threshold) {
  return (value * (kLevels - 1) * 32 + (2 * threshold + 1) * 255) / (255 * 32);
}

int ColourOf(const Pixels& image, uint32_t x, uint32_t y) {
  const uint8_t* pixel = image.at(x, y);
  const int threshold = kThresholds[y % 4][x % 4];
  return (Level(pixel[0], threshold) * kLevels + Level(pixel[1], threshold)) * kLevels +
         Level(pixel[2], threshold);
}

// Colours in percent.
std::string Palette() {
  std::string text;
  for (int colour = 0; colour < kLevels * kLevels * kLevels; ++colour) {
    text += fmt::format("#{};2;{};{};{}", colour, colour / (kLevels * kLevels) * 20,
                        colour / kLevels % kLevels * 20, colour % kLevels * 20);
  }
  return text;
}

// Six rows: for each colour in them one line over the whole width, each character six bits of where it is.
std::string Band(const Pixels& image, uint32_t top) {
  std::map<int, std::string> lines;
  const uint32_t bottom = std::min(top + kBandRows, image.height);
  for (uint32_t y = top; y < bottom; ++y) {
    for (uint32_t x = 0; x < image.width; ++x) {
      if (image.at(x, y)[3] < 128) continue;
      std::string& line = lines.try_emplace(ColourOf(image, x, y), image.width, '?').first->second;
      line[x] = static_cast<char>(line[x] + (1 << (y - top)));
    }
  }
  std::string text;
  for (const auto& [colour, line] : lines) {
    text += fmt::format("#{}", colour);
    for (size_t at = 0; at < line.size();) {
      const size_t end = std::min(line.find_first_not_of(line[at], at), line.size());
      text += end - at > 3 ? fmt::format("!{}{}", end - at, line[at]) : line.substr(at, end - at);
      at = end;
    }
    text += "$";
  }
  return text + "-";
}

}  // namespace

std::string SixelImage(const Pixels& image) {
  // P2=1: what is left out stays as it is. Raster attributes: square pixels.
  std::string text = fmt::format("\x1BP0;1q\"1;1;{};{}", image.width, image.height) + Palette();
  for (uint32_t top = 0; top < image.height; top += kBandRows) text += Band(image, top);
  return text + "\x1B\\\n";
}

}  // namespace openrouter_images::client::cli
