#include "client/cli/files/decode_image.h"

#include <png.h>
#include <webp/decode.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <new>

// Needs <cstdio>.
#include <jpeglib.h>

#include "client/cli/files/image_header.h"

namespace openrouter_images::client::cli {
namespace {

constexpr uint64_t kMostPixels = 64 * 1000 * 1000;

Pixels Blank(const Dimensions& size) {
  Pixels pixels{size.width, size.height, {}};
  pixels.rgba.resize(static_cast<size_t>(size.width) * size.height * 4);
  return pixels;
}

bool DecodePng(std::string_view file, Pixels& pixels) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) return false;
  image.format = PNG_FORMAT_RGBA;
  const bool fits = image.width == pixels.width && image.height == pixels.height;
  const bool read = fits && png_image_finish_read(&image, nullptr, pixels.rgba.data(), 0, nullptr) != 0;
  png_image_free(&image);
  return read;
}

bool DecodeWebp(std::string_view file, Pixels& pixels) {
  return WebPDecodeRGBAInto(reinterpret_cast<const uint8_t*>(file.data()), file.size(), pixels.rgba.data(),
                            pixels.rgba.size(), static_cast<int>(pixels.width * 4)) != nullptr;
}

// libjpeg reports errors by a call that must not return.
struct JpegErrors {
  jpeg_error_mgr base;
  std::jmp_buf give_up;
};

// Everything that outlives a longjmp is made by the caller.
bool DecodeJpegInto(std::string_view file, jpeg_decompress_struct& jpeg, JpegErrors& errors, Pixels& pixels) {
  if (setjmp(errors.give_up) != 0) return false;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&jpeg, TRUE);
  if (jpeg.image_width != pixels.width || jpeg.image_height != pixels.height) return false;
  jpeg.out_color_space = JCS_EXT_RGBA;
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = pixels.rgba.data() + static_cast<size_t>(jpeg.output_scanline) * pixels.width * 4;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  return true;
}

bool DecodeJpeg(std::string_view file, Pixels& pixels) {
  JpegErrors errors = {};
  jpeg_decompress_struct jpeg = {};
  jpeg.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = [](j_common_ptr common) {
    std::longjmp(reinterpret_cast<JpegErrors*>(common->err)->give_up, 1);
  };
  errors.base.output_message = [](j_common_ptr) {};
  jpeg_create_decompress(&jpeg);
  const bool read = DecodeJpegInto(file, jpeg, errors, pixels);
  jpeg_destroy_decompress(&jpeg);
  return read;
}

}  // namespace

std::optional<Pixels> DecodeImage(std::string_view file) {
  const std::optional<Dimensions> size = ReadDimensions(file);
  if (!size.has_value() || size->width == 0 || size->height == 0) return std::nullopt;
  if (static_cast<uint64_t>(size->width) * size->height > kMostPixels) return std::nullopt;
  Pixels pixels;
  try {
    pixels = Blank(*size);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
  const std::string_view type = MediaTypeOf(file);
  const bool read = type == "image/png"    ? DecodePng(file, pixels)
                    : type == "image/jpeg" ? DecodeJpeg(file, pixels)
                                           : DecodeWebp(file, pixels);
  if (!read) return std::nullopt;
  return pixels;
}

}  // namespace openrouter_images::client::cli
