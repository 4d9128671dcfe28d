#include "service/sandbox/api/size.h"

#include <absl/strings/numbers.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace openrouter_images::sandbox {
namespace {

constexpr std::pair<std::string_view, int> kTierSides[] = {
    {"512", 512}, {"1K", 1024}, {"2K", 2048}, {"4K", 4096}};

bool AllOf(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<double> ParsePositive(std::string_view text) {
  double value = 0;
  if (!AllOf(text, "0123456789.") || !absl::SimpleAtod({text.data(), text.size()}, &value) || !(value > 0)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int> ParseSide(std::string_view text) {
  int value = 0;
  if (!AllOf(text, "0123456789") || text.size() > 5) return std::nullopt;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &value) || value <= 0)
    return std::nullopt;
  return value;
}

}  // namespace

std::optional<int> ParseTier(std::string_view text) {
  for (const auto& [name, side] : kTierSides) {
    if (name == text) return side;
  }
  return std::nullopt;
}

std::optional<double> ParseRatio(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto width = ParsePositive(text.substr(0, colon)), height = ParsePositive(text.substr(colon + 1));
  if (!width || !height) return std::nullopt;
  const double ratio = *width / *height;
  return ratio >= 1.0 / 16 && ratio <= 16 ? std::optional(ratio) : std::nullopt;
}

std::optional<PixelSize> ParsePixels(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto width = ParseSide(text.substr(0, cross)), height = ParseSide(text.substr(cross + 1));
  return width && height ? std::optional(PixelSize{*width, *height}) : std::nullopt;
}

PixelSize SizeFor(int tier, double ratio) {
  const auto side = [](double length) { return std::max(8, static_cast<int>(std::lround(length / 8)) * 8); };
  return {side(tier * std::sqrt(ratio)), side(tier / std::sqrt(ratio))};
}

std::string_view NearestTier(PixelSize size) {
  const double side = std::sqrt(static_cast<double>(size.width) * size.height);
  std::string_view nearest;
  double smallest = std::numeric_limits<double>::max();
  for (const auto& [name, tier] : kTierSides) {
    const double distance = std::abs(std::log(side / tier));
    if (distance < smallest) smallest = distance, nearest = name;
  }
  return nearest;
}

}  // namespace openrouter_images::sandbox
