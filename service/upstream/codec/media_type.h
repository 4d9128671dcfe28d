#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openrouter::images::upstream {

// How many first bytes of a file suffice to tell its kind, save an SVG with an extreme preamble. Longer prefixes
// do no harm.
inline constexpr std::size_t kSignatureBytes = 16 * 1024;

// The media type that the first bytes of a file show: image/png, image/jpeg, image/webp, image/gif,
// image/avif, image/heic, image/heif, image/bmp, image/tiff, image/svg+xml; empty when they show none of
// these. SVG is known by its root element, so a file with a long preamble can need more than kSignatureBytes.
std::string_view MediaTypeBySignature(std::string_view first_bytes);

// The media type of an image from the upstream: by its signature, else `declared` (what the upstream said;
// may be empty, and counts for nothing when it is longer than a media type can be), else
// "application/octet-stream". None when `declared` is PNG, JPEG, WebP, GIF or SVG and the bytes are nothing
// of the kind and no other image either: then they are not the image that they should be.
std::optional<std::string> ImageMediaType(std::string_view first_bytes, std::string_view declared);

}  // namespace openrouter::images::upstream
