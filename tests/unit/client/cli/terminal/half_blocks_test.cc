#include "client/cli/terminal/half_blocks.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/client/cli/terminal/test_pixels.h"

namespace openrouter_images::client::cli {
namespace {

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

}  // namespace
}  // namespace openrouter_images::client::cli
