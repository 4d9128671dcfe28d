#include "client/cli/terminal/kitty.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/unit/client/cli/terminal/test_pixels.h"

namespace openrouter_images::client::cli {
namespace {

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

}  // namespace
}  // namespace openrouter_images::client::cli
