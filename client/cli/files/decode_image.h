#pragma once

#include <optional>
#include <string_view>

#include "client/cli/terminal/pixels.h"

namespace openrouter_images::client::cli {

// A PNG, JPEG or WebP file as pixels. Unset for other formats, for files that cannot be decoded, for images
// of more than 64 million pixels, and where the memory does not suffice. Rotation asked for by EXIF is not
// applied.
std::optional<Pixels> DecodeImage(std::string_view file);

}  // namespace openrouter_images::client::cli
