#include "client/cli/terminal/pixels.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/unit/client/cli/terminal/test_pixels.h"

namespace openrouter_images::client::cli {
namespace {

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

}  // namespace
}  // namespace openrouter_images::client::cli
