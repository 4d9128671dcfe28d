#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace openrouter_images::client::cli {

struct Dimensions {
  uint32_t width = 0;
  uint32_t height = 0;
};

// Media type by the file's signature: PNG, JPEG, WebP, GIF, SVG. Empty for others.
std::string_view MediaTypeOf(std::string_view file);

// Pixels of a PNG, JPEG or WebP file, read from its header. Unset for other formats and for broken headers.
// Rotation asked for by EXIF is not applied.
std::optional<Dimensions> ReadDimensions(std::string_view file);

}  // namespace openrouter_images::client::cli
