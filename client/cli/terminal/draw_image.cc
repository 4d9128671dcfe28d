#include "client/cli/terminal/draw_image.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "client/cli/terminal/half_blocks.h"
#include "client/cli/terminal/kitty.h"
#include "client/cli/terminal/sixel.h"

namespace openrouter_images::client::cli {
namespace {

constexpr uint32_t kMostColumns = 48;
// A cell is about twice as high as it is wide: this many columns are a square.
constexpr uint32_t kMostRows = kMostColumns / 2;
// Of a usual cell, where the image is made of real pixels.
constexpr uint32_t kCellWidth = 10;

}  // namespace

std::string DrawImage(Pixels image, Graphics graphics, size_t columns) {
  if (graphics == Graphics::kNone || columns < 2) return {};
  // One column stays free: a full last column makes some terminals wrap.
  const auto width = static_cast<uint32_t>(std::min<size_t>(columns - 1, kMostColumns));
  if (graphics == Graphics::kHalfBlocksTrueColor || graphics == Graphics::kHalfBlocks256) {
    return HalfBlocks(ShrinkToFit(std::move(image), width, kMostRows * 2),
                      graphics == Graphics::kHalfBlocks256 ? ColourDepth::k256 : ColourDepth::kTrueColor);
  }
  const Pixels small = ShrinkToFit(std::move(image), width * kCellWidth, kMostColumns * kCellWidth);
  if (graphics == Graphics::kSixel) return SixelImage(small);
  return KittyImage(small, (small.width + kCellWidth - 1) / kCellWidth);
}

}  // namespace openrouter_images::client::cli
