#include "client/cli/files/image_header.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::client::cli {
namespace {

using namespace std::string_literals;

TEST(ImageHeaderTest, Dimensions) {
  const std::string png = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\4\0\0\0\3\0"s;
  const std::string jpeg = "\xFF\xD8\xFF\xE0\0\4\0\0\xFF\xFF\xC2\0\x11\x08\2\0\3\0"s;
  const std::string vp8x = "RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\3\0\xFF\2\0"s;
  const std::string vp8l = "RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2F\xFF\xC3\xBF\0\0\0\0\0\0\0\0\0\0\0"s;
  const std::string vp8 = "RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\x01\x2A\0\4\0\3"s;
  struct Row {
    const char* name;
    std::string file;
    uint32_t width, height;
  };
  for (const Row& row :
       {Row{"png", png, 1024, 768}, Row{"jpeg", jpeg, 768, 512}, Row{"vp8x", vp8x, 1024, 768},
        Row{"vp8l", vp8l, 1024, 768}, Row{"vp8", vp8, 1024, 768}}) {
    SCOPED_TRACE(row.name);
    const auto dimensions = ReadDimensions(row.file);
    ASSERT_TRUE(dimensions.has_value());
    EXPECT_EQ(dimensions->width, row.width);
    EXPECT_EQ(dimensions->height, row.height);
    // A header that ends early is never read beyond its end.
    for (size_t size = 0; size < row.file.size() && size < 18; ++size) {
      EXPECT_FALSE(ReadDimensions(row.file.substr(0, size)).has_value()) << size;
    }
  }
  EXPECT_FALSE(ReadDimensions("<svg/>").has_value());
  EXPECT_FALSE(ReadDimensions("\xFF\xD8\xFF\xE0\0\0\0\0"s).has_value());
}

}  // namespace
}  // namespace openrouter_images::client::cli
