#pragma once

#include <optional>
#include <string_view>

namespace openrouter_images::sandbox {

// An image's sides in pixels.
struct PixelSize {
  int width = 0, height = 0;
};

// Limits of the images that the sandbox draws: sides in pixels, and pixels in all.
inline constexpr int kMinSide = 64;
inline constexpr int kMaxSide = 16376;
inline constexpr long long kMaxArea = 4096LL * 4096 * 11 / 10;

// "512", "1K", "2K" or "4K" as the side of a square in pixels; nullopt for anything else.
std::optional<int> ParseTier(std::string_view text);
// "16:9", "9:19.5" as width over height; nullopt unless both are positive numbers and the ratio is within
// 1:16 to 16:1.
std::optional<double> ParseRatio(std::string_view text);
// "1024x768"; nullopt unless both are positive integers of at most five digits. It may still be
// too small or too large to draw.
std::optional<PixelSize> ParsePixels(std::string_view text);
// An image of the ratio with about the area of the tier's square, both sides multiples of 8.
PixelSize SizeFor(int tier, double ratio);
// The tier whose area is nearest to the size's.
std::string_view NearestTier(PixelSize size);

}  // namespace openrouter_images::sandbox
