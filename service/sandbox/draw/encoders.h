#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/draw/canvas.h"
#include "service/sandbox/draw/scene.h"

namespace openrouter_images::sandbox {

enum class ImageFormat { kPng, kJpeg, kWebp, kSvg };

// "png", "jpeg", "webp" or "svg"; nullopt for anything else.
std::optional<ImageFormat> ParseImageFormat(std::string_view name);
std::string_view FormatName(ImageFormat format);
std::string_view MediaType(ImageFormat format);

// Encoders give the bytes of a file. Equal canvases give equal bytes with the same library versions. Quality
// is 0..100. PNG and WebP keep transparency; JPEG drops it. Sides are at most 16383 pixels.
std::string EncodePng(const Canvas& canvas);
std::string EncodeJpeg(const Canvas& canvas, int quality);
std::string EncodeWebp(const Canvas& canvas, int quality);

// A valid PNG of exactly `size` bytes: `png` with noise, which does not compress, in private chunks that
// decoders skip. Returns `png` itself when it is too large to be padded to `size`.
std::string PadPng(std::string png, std::size_t size);

}  // namespace openrouter_images::sandbox
