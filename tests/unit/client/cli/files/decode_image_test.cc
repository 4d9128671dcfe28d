#include "client/cli/files/decode_image.h"

#include <gtest/gtest.h>
#include <png.h>
#include <webp/encode.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

// Needs <cstdio>.
#include <jpeglib.h>

#include "tests/unit/client/cli/terminal/test_pixels.h"

namespace openrouter_images::client::cli {
namespace {

std::string PngFile(const Pixels& pixels) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = pixels.width;
  image.height = pixels.height;
  image.format = PNG_FORMAT_RGBA;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.rgba.data(), 0, nullptr);
  std::string file(size, '\0');
  png_image_write_to_memory(&image, file.data(), &size, 0, pixels.rgba.data(), 0, nullptr);
  file.resize(size);
  return file;
}

std::string JpegFile(const Pixels& pixels) {
  jpeg_error_mgr errors = {};
  jpeg_compress_struct jpeg = {};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &data, &size);
  jpeg.image_width = pixels.width;
  jpeg.image_height = pixels.height;
  jpeg.input_components = 4;
  jpeg.in_color_space = JCS_EXT_RGBA;
  jpeg_set_defaults(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  for (uint32_t y = 0; y < pixels.height; ++y) {
    JSAMPROW row = const_cast<uint8_t*>(pixels.at(0, y));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string file(reinterpret_cast<char*>(data), size);
  std::free(data);
  return file;
}

std::string WebpFile(const Pixels& pixels) {
  uint8_t* data = nullptr;
  const size_t size =
      WebPEncodeLosslessRGBA(pixels.rgba.data(), static_cast<int>(pixels.width),
                             static_cast<int>(pixels.height), static_cast<int>(pixels.width * 4), &data);
  std::string file(reinterpret_cast<char*>(data), size);
  WebPFree(data);
  return file;
}

TEST(DecodeImageTest, FormatsGiveTheSamePixels) {
  Pixels image = Filled(16, 8, {200, 100, 50, 255});
  const struct {
    const char* name;
    std::string file;
    int tolerance;
  } rows[] = {{"png", PngFile(image), 0}, {"webp", WebpFile(image), 0}, {"jpeg", JpegFile(image), 4}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto decoded = DecodeImage(row.file);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->width, 16U);
    EXPECT_EQ(decoded->height, 8U);
    ASSERT_EQ(decoded->rgba.size(), image.rgba.size());
    for (size_t i = 0; i < image.rgba.size(); ++i)
      EXPECT_NEAR(decoded->rgba[i], image.rgba[i], row.tolerance);
    // A file that is cut never crashes; JPEG may fill in what is missing.
    for (size_t size = 0; size < row.file.size(); ++size) DecodeImage(row.file.substr(0, size));
    EXPECT_FALSE(DecodeImage(row.file.substr(0, 20)).has_value());
  }
}

TEST(DecodeImageTest, WhatCannotBeDecoded) {
  EXPECT_FALSE(DecodeImage("").has_value());
  EXPECT_FALSE(DecodeImage("<svg/>").has_value());
  std::string huge = PngFile(Filled(1, 1, kRed));
  huge.replace(16, 8, std::string("\x00\x00\x7F\xFF\x00\x00\x7F\xFF", 8));
  EXPECT_FALSE(DecodeImage(huge).has_value());
}

}  // namespace
}  // namespace openrouter_images::client::cli
