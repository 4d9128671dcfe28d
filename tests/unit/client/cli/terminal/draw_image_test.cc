#include "client/cli/terminal/draw_image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/client/cli/terminal/test_pixels.h"

namespace openrouter_images::client::cli {
namespace {

TEST(DrawImageTest, SmallAndOnlyWhereItCanBe) {
  const Pixels image = Filled(200, 100, kRed);
  EXPECT_EQ(DrawImage(image, Graphics::kNone, 80), "");
  const std::string blocks = DrawImage(image, Graphics::kHalfBlocks256, 21);
  EXPECT_EQ(std::count(blocks.begin(), blocks.end(), '\n'), 5);
  EXPECT_TRUE(DrawImage(image, Graphics::kKitty, 11).starts_with("\x1B_Ga=T,f=32,s=100,v=50,c=10,"));
  EXPECT_TRUE(DrawImage(image, Graphics::kSixel, 11).starts_with("\x1BP0;1q\"1;1;100;50"));
}

}  // namespace
}  // namespace openrouter_images::client::cli
