#include "client/cli/files/file_name.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace openrouter_images::client::cli {
namespace {

TEST(FileNameTest, Slugs) {
  const std::pair<const char*, const char*> rows[] = {
      {"A red panda astronaut", "red-panda-astronaut"},
      {"  The cat's   hat!! ", "cats-hat"},
      {"../../etc/passwd", "etc-passwd"},
      {"кошка", "image"},
      {"", "image"},
      {"a an the", "image"},
      {"one two three four five six seven eight nine ten", "one-two-three-four-five-six-seven-eight"},
      {"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"},
  };
  for (const auto& [prompt, slug] : rows) EXPECT_EQ(Slug(prompt), slug) << prompt;
}

TEST(FileNameTest, NamesAndExtensions) {
  const std::string digest = "\xBA\x78" + std::string(30, '\0');
  EXPECT_EQ(ImageFileName("A red panda", digest, "image/png", 0, 1), "red-panda-ba78.png");
  EXPECT_EQ(ImageFileName("A red panda", digest, "image/jpeg", 1, 2), "red-panda-2-ba78.jpg");
  EXPECT_EQ(ImageFileName("x", digest, "text/evil/../", 0, 1), "x-ba78.bin");
  EXPECT_TRUE(ExtensionFits(".jpeg", "image/jpeg"));
  EXPECT_TRUE(ExtensionFits("", "image/jpeg"));
  EXPECT_TRUE(ExtensionFits(".JPG", "image/jpeg"));
  EXPECT_TRUE(ExtensionFits(".png", "application/octet-stream"));
  EXPECT_FALSE(ExtensionFits(".image", "image/jpeg"));
  EXPECT_FALSE(ExtensionFits(".png", "image/jpeg"));
}

TEST(FileNameTest, TheFormatFollowsTheName) {
  const std::pair<const char*, const char*> rows[] = {
      {"a.png", "png"}, {"a.b.JPEG", "jpeg"}, {"a.jpg", "jpeg"}, {"a.WebP", "webp"}, {"dir/a.svg", "svg"},
      {"a", ""},        {"a.v2", ""},         {"a.gif", ""},     {".png", ""},       {"a.", ""},
  };
  for (const auto& [name, format] : rows) EXPECT_EQ(FormatOfName(name), format) << name;
}

}  // namespace
}  // namespace openrouter_images::client::cli
