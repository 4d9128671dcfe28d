#include "client/cli/terminal/sixel.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/unit/client/cli/terminal/test_pixels.h"

namespace openrouter_images::client::cli {
namespace {

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

}  // namespace
}  // namespace openrouter_images::client::cli
