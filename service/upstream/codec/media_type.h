#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace openrouter_images::upstream {

// First bytes of a file that suffice to tell its type, except for an SVG with a very long preamble. Longer
// prefixes may be passed.
inline constexpr std::size_t kSignatureBytes = 16 * 1024;

// Longest media type, in bytes: RFC 6838 (section 4.2) allows 127 characters each for type and subtype.
inline constexpr std::size_t kMaxMediaType = 255;

// The media type that the first bytes of a file show: image/png, image/jpeg, image/webp, image/gif,
// image/avif, image/heic, image/heif, image/bmp, image/tiff, image/svg+xml; empty when they show none of
// these. SVG is known by its root element, so a file with a long preamble can need more than kSignatureBytes.
std::string_view MediaTypeBySignature(std::string_view first_bytes);

// What is odd about the media type of an image.
enum class MediaTypeDoubt {
  kNone,
  // The bytes have no signature that is known, and the declared type does not explain that: there is none, it
  // is no image, or it is a kind whose signature is known. They may be no image at all.
  kUnknownFormat,
  // The bytes are an image of another kind than declared.
  kMismatch,
};

struct ImageType {
  std::string media_type;
  MediaTypeDoubt doubt = MediaTypeDoubt::kNone;

  bool operator==(const ImageType&) const = default;
};

// The type of an image from the upstream: by its signature, else as `declared` by the upstream, else
// "application/octet-stream". What is declared counts only if it has the form "type/subtype" and at most
// kMaxMediaType bytes. Any bytes have a type: an image that is paid for is not refused for its looks.
ImageType ImageMediaType(std::string_view first_bytes, std::string_view declared);

}  // namespace openrouter_images::upstream
