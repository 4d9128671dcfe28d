#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openrouter_images::upstream {

// First bytes of a file that suffice to tell its type, except for an SVG with a very long preamble. Longer
// prefixes may be passed.
inline constexpr std::size_t kSignatureBytes = 16 * 1024;

// The media type that the first bytes of a file show: image/png, image/jpeg, image/webp, image/gif,
// image/avif, image/heic, image/heif, image/bmp, image/tiff, image/svg+xml; empty when they show none of
// these. SVG is known by its root element, so a file with a long preamble can need more than kSignatureBytes.
std::string_view MediaTypeBySignature(std::string_view first_bytes);

// The media type of an image from the upstream: by its signature, else `declared` (the upstream's claim;
// ignored when it is empty or longer than a media type can be), else "application/octet-stream". None when
// `declared` is PNG, JPEG, WebP, GIF or SVG and the bytes are no known image: then they are not what they
// claim to be.
std::optional<std::string> ImageMediaType(std::string_view first_bytes, std::string_view declared);

}  // namespace openrouter_images::upstream
