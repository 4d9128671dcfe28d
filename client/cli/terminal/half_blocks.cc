#include "client/cli/terminal/half_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace openrouter_images::client::cli {
namespace {

constexpr std::string_view kUpperHalf = "▀";
constexpr std::string_view kLowerHalf = "▄";
constexpr std::string_view kReset = "\x1B[0m";

// What "colour" means in an escape sequence: ";5;N" or ";2;R;G;B", after 38 or 48. Empty: the terminal's
// own.
using Colour = std::string;

constexpr std::array<int, 6> kCubeLevels = {0, 95, 135, 175, 215, 255};

size_t NearestLevel(int value) {
  size_t nearest = 0;
  for (size_t i = 1; i < kCubeLevels.size(); ++i) {
    if (std::abs(kCubeLevels[i] - value) < std::abs(kCubeLevels[nearest] - value)) nearest = i;
  }
  return nearest;
}

int Distance(const uint8_t* pixel, int red, int green, int blue) {
  const int r = pixel[0] - red;
  const int g = pixel[1] - green;
  const int b = pixel[2] - blue;
  return r * r + g * g + b * b;
}

// 16 to 231 are the cube, 232 to 255 greys from 8 to 238.
size_t Nearest256(const uint8_t* pixel) {
  const size_t r = NearestLevel(pixel[0]);
  const size_t g = NearestLevel(pixel[1]);
  const size_t b = NearestLevel(pixel[2]);
  const int mean = (pixel[0] + pixel[1] + pixel[2]) / 3;
  const int grey = std::clamp((mean - 3) / 10, 0, 23);
  const int level = 8 + 10 * grey;
  if (Distance(pixel, level, level, level) <
      Distance(pixel, kCubeLevels[r], kCubeLevels[g], kCubeLevels[b])) {
    return 232 + static_cast<size_t>(grey);
  }
  return 16 + 36 * r + 6 * g + b;
}

Colour ColourOf(const Pixels& image, uint32_t x, uint32_t y, ColourDepth depth) {
  if (y >= image.height) return {};
  const uint8_t* pixel = image.at(x, y);
  if (pixel[3] < 128) return {};
  if (depth == ColourDepth::k256) return fmt::format(";5;{}", Nearest256(pixel));
  return fmt::format(";2;{};{};{}", pixel[0], pixel[1], pixel[2]);
}

// Text in colours; says each change once.
class ColouredLine {
 public:
  void Append(std::string_view character, const Colour& foreground, const Colour& background) {
    // Only the half that is drawn has a foreground.
    if (!foreground.empty() && foreground != foreground_) {
      text_ += fmt::format("\x1B[38{}m", foreground);
      foreground_ = foreground;
    }
    if (background != background_) {
      text_ += background.empty() ? "\x1B[49m" : fmt::format("\x1B[48{}m", background);
      background_ = background;
    }
    text_ += character;
  }
  std::string Finish() const { return text_ + std::string(kReset) + "\n"; }

 private:
  std::string text_;
  Colour foreground_;
  Colour background_;
};

}  // namespace

std::string HalfBlocks(const Pixels& image, ColourDepth depth) {
  std::string text;
  for (uint32_t y = 0; y < image.height; y += 2) {
    ColouredLine line;
    for (uint32_t x = 0; x < image.width; ++x) {
      const Colour upper = ColourOf(image, x, y, depth);
      const Colour lower = ColourOf(image, x, y + 1, depth);
      if (upper.empty() && lower.empty()) {
        line.Append(" ", {}, {});
      } else if (upper.empty()) {
        line.Append(kLowerHalf, lower, {});
      } else {
        line.Append(kUpperHalf, upper, lower);
      }
    }
    text += line.Finish();
  }
  return text;
}

}  // namespace openrouter_images::client::cli
