// Images in the terminal: which way is chosen, decoding, shrinking, and what is written.
#include <gtest/gtest.h>
#include <png.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

// Needs <cstdio>.
#include <jpeglib.h>

#include "absl/strings/escaping.h"
#include "client/cli/files/decode_image.h"
#include "client/cli/terminal/draw_image.h"
#include "client/cli/terminal/half_blocks.h"
#include "client/cli/terminal/kitty.h"
#include "client/cli/terminal/pixels.h"
#include "client/cli/terminal/sixel.h"
#include "client/cli/terminal/terminal_graphics.h"

namespace openrouter::images::client::cli {
namespace {

Pixels Filled(uint32_t width, uint32_t height, std::vector<uint8_t> rgba) {
  Pixels image{width, height, {}};
  for (uint32_t i = 0; i < width * height; ++i) {
    image.rgba.insert(image.rgba.end(), rgba.begin(), rgba.end());
  }
  return image;
}

void Set(Pixels& image, uint32_t x, uint32_t y, std::vector<uint8_t> rgba) {
  std::copy(rgba.begin(), rgba.end(), image.rgba.begin() + (y * image.width + x) * 4);
}

const std::vector<uint8_t> kRed = {255, 0, 0, 255};
const std::vector<uint8_t> kBlue = {0, 0, 255, 255};
const std::vector<uint8_t> kClear = {0, 0, 0, 0};

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

TEST(TerminalGraphicsTest, Choice) {
  struct Row {
    const char* name;
    TerminalEnvironment environment;
    Graphics graphics;
  };
  const Row rows[] = {
      {"nothing known", {}, Graphics::kNone},
      {"dumb", {.term = "dumb", .colorterm = "truecolor"}, Graphics::kNone},
      {"no colour wanted",
       {.term = "xterm-kitty", .colorterm = "truecolor", .no_color = "1"},
       Graphics::kNone},
      {"eight colours", {.term = "xterm"}, Graphics::kNone},
      {"linux console", {.term = "linux"}, Graphics::kNone},
      {"256 colours", {.term = "xterm-256color"}, Graphics::kHalfBlocks256},
      {"truecolor", {.term = "xterm-256color", .colorterm = "truecolor"}, Graphics::kHalfBlocksTrueColor},
      {"24bit", {.term = "xterm-256color", .colorterm = "24bit"}, Graphics::kHalfBlocksTrueColor},
      {"direct", {.term = "xterm-direct"}, Graphics::kHalfBlocksTrueColor},
      {"kitty by TERM", {.term = "xterm-kitty"}, Graphics::kKitty},
      {"kitty by window", {.term = "xterm-256color", .kitty_window_id = "1"}, Graphics::kKitty},
      {"WezTerm", {.term = "xterm-256color", .term_program = "WezTerm"}, Graphics::kKitty},
      {"ghostty", {.term = "xterm-ghostty"}, Graphics::kKitty},
      {"ghostty by program", {.term = "xterm-256color", .term_program = "ghostty"}, Graphics::kKitty},
      {"foot", {.term = "foot"}, Graphics::kSixel},
      {"mlterm", {.term = "mlterm"}, Graphics::kSixel},
      {"xterm with sixels", {.term = "xterm-sixel"}, Graphics::kSixel},
      {"tmux in kitty",
       {.term = "tmux-256color", .colorterm = "truecolor", .kitty_window_id = "1", .tmux = "/tmp/x"},
       Graphics::kHalfBlocksTrueColor},
      {"screen in kitty", {.term = "screen-256color", .kitty_window_id = "1"}, Graphics::kHalfBlocks256},
  };
  for (const Row& row : rows) EXPECT_EQ(ChooseGraphics(row.environment), row.graphics) << row.name;
}

TEST(PixelsTest, ShrinkingTakesTheMean) {
  Pixels image = Filled(4, 2, kRed);
  Set(image, 0, 0, kBlue);
  Set(image, 1, 0, kBlue);
  Set(image, 2, 0, kClear);
  Set(image, 3, 0, kClear);
  const Pixels small = ShrinkToFit(image, 2, 9);
  EXPECT_EQ(small.width, 2U);
  EXPECT_EQ(small.height, 1U);
  // Half blue; and red that is half there, which stays red.
  EXPECT_EQ(small.rgba, (std::vector<uint8_t>{128, 0, 128, 255, 255, 0, 0, 128}));
}

TEST(PixelsTest, SizesFitAndKeepTheirProportions) {
  struct Row {
    uint32_t width, height, fitted_width, fitted_height;
  };
  for (const Row& row : {Row{4, 4, 4, 4}, Row{100, 50, 20, 10}, Row{50, 100, 5, 10}, Row{1000, 1, 20, 1},
                         Row{1, 1000, 1, 10}, Row{21, 3, 20, 3}}) {
    const Pixels small = ShrinkToFit(Filled(row.width, row.height, kRed), 20, 10);
    EXPECT_EQ(small.width, row.fitted_width);
    EXPECT_EQ(small.height, row.fitted_height);
    EXPECT_EQ(small.rgba, Filled(small.width, small.height, kRed).rgba);
  }
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

TEST(HalfBlocksTest, FourByFour) {
  Pixels image = Filled(4, 4, kRed);
  Set(image, 1, 0, kBlue);
  for (uint32_t x = 0; x < 4; ++x) Set(image, x, 3, kClear);
  Set(image, 2, 2, kClear);
  Set(image, 3, 2, kClear);
  Set(image, 3, 3, kBlue);
  EXPECT_EQ(HalfBlocks(image, ColourDepth::kTrueColor),
            "\x1B[38;2;255;0;0m\x1B[48;2;255;0;0m▀\x1B[38;2;0;0;255m▀\x1B[38;2;255;0;0m▀▀\x1B[0m\n"
            "\x1B[38;2;255;0;0m▀▀ \x1B[38;2;0;0;255m▄\x1B[0m\n");
  EXPECT_EQ(HalfBlocks(image, ColourDepth::k256),
            "\x1B[38;5;196m\x1B[48;5;196m▀\x1B[38;5;21m▀\x1B[38;5;196m▀▀\x1B[0m\n"
            "\x1B[38;5;196m▀▀ \x1B[38;5;21m▄\x1B[0m\n");
}

TEST(HalfBlocksTest, AnOddRowHasNoLowerHalf) {
  EXPECT_EQ(HalfBlocks(Filled(1, 1, kRed), ColourDepth::kTrueColor), "\x1B[38;2;255;0;0m▀\x1B[0m\n");
}

TEST(HalfBlocksTest, NearestOf256) {
  const std::pair<std::vector<uint8_t>, std::string> rows[] = {
      {{0, 0, 0, 255}, "16"},        {{255, 255, 255, 255}, "231"}, {{8, 8, 8, 255}, "232"},
      {{238, 238, 238, 255}, "255"}, {{128, 128, 128, 255}, "244"}, {{95, 135, 175, 255}, "67"},
  };
  for (const auto& [colour, number] : rows) {
    EXPECT_EQ(HalfBlocks(Filled(1, 1, colour), ColourDepth::k256), "\x1B[38;5;" + number + "m▀\x1B[0m\n");
  }
}

TEST(KittyTest, ChunksHoldThePixelsAndAreSmallEnough) {
  // 30x31 pixels are 4960 characters: two chunks. 32x24 are exactly one.
  for (const auto& [width, height, chunks] :
       {std::tuple{1U, 1U, 1}, {32U, 24U, 1}, {30U, 31U, 2}, {64U, 64U, 6}}) {
    const Pixels image = Filled(width, height, {1, 2, 3, 4});
    std::string text = KittyImage(image, 7);
    std::string base64;
    int count = 0;
    while (text != "\n") {
      ASSERT_TRUE(text.starts_with("\x1B_G"));
      const size_t semicolon = text.find(';');
      const size_t end = text.find("\x1B\\");
      ASSERT_NE(end, std::string::npos);
      const std::string keys = text.substr(3, semicolon - 3);
      const std::string payload = text.substr(semicolon + 1, end - semicolon - 1);
      const bool last = text.substr(end + 2) == "\n";
      EXPECT_LE(payload.size(), 4096U);
      if (!last) {
        EXPECT_EQ(payload.size() % 4, 0U);
      }
      const std::string size =
          "a=T,f=32,s=" + std::to_string(width) + ",v=" + std::to_string(height) + ",c=7,";
      EXPECT_EQ(keys, (count == 0 ? size : "") + "q=2,m=" + (last ? "0" : "1"));
      base64 += payload;
      text.erase(0, end + 2);
      ++count;
    }
    EXPECT_EQ(count, chunks);
    std::string bytes;
    ASSERT_TRUE(absl::Base64Unescape(base64, &bytes));
    EXPECT_EQ(std::vector<uint8_t>(bytes.begin(), bytes.end()), image.rgba);
  }
}

TEST(SixelTest, Bands) {
  // Seven rows: a band of six and one of one. Bits count from the top: 63 is "~", 1 is "@", none "?".
  Pixels image = Filled(5, 7, kRed);
  Set(image, 4, 6, kClear);
  for (uint32_t y = 0; y < 6; ++y) Set(image, 4, y, kBlue);
  const std::string text = SixelImage(image);
  EXPECT_TRUE(text.starts_with("\x1BP0;1q\"1;1;5;7#0;2;0;0;0#1;2;0;0;20"));
  EXPECT_NE(text.find("#215;2;100;100;100"), std::string::npos);
  EXPECT_TRUE(text.ends_with("#5!4?~$#180!4~?$-#180!4@?$-\x1B\\\n")) << text.substr(text.find("#215;2"));
}

TEST(DrawImageTest, SmallAndOnlyWhereItCanBe) {
  const Pixels image = Filled(200, 100, kRed);
  EXPECT_EQ(DrawImage(image, Graphics::kNone, 80), "");
  const std::string blocks = DrawImage(image, Graphics::kHalfBlocks256, 21);
  EXPECT_EQ(std::count(blocks.begin(), blocks.end(), '\n'), 5);
  EXPECT_TRUE(DrawImage(image, Graphics::kKitty, 11).starts_with("\x1B_Ga=T,f=32,s=100,v=50,c=10,"));
  EXPECT_TRUE(DrawImage(image, Graphics::kSixel, 11).starts_with("\x1BP0;1q\"1;1;100;50"));
}

}  // namespace
}  // namespace openrouter::images::client::cli
