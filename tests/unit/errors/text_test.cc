#include "service/errors/text.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::errors {
namespace {

TEST(OneLine, MakesOneLineOfPrintableText) {
  EXPECT_EQ(OneLine("  rate \r\n\tlimit\x01\x7f reached "), "rate limit reached");
  EXPECT_EQ(OneLine(""), "");
  EXPECT_EQ(OneLine("\n\n"), "");
  EXPECT_EQ(OneLine("größe 画像 🎨"), "größe 画像 🎨");
}

TEST(OneLine, ReplacesBytesThatAreNotUtf8AndNothingAroundThem) {
  EXPECT_EQ(OneLine("a\xff"
                    "b"),
            "a?b");
  EXPECT_EQ(OneLine("a\xe7\x94"), "a??");     // An unfinished character.
  EXPECT_EQ(OneLine("\xe7\x94x"), "??x");     // A valid byte right after it.
  EXPECT_EQ(OneLine("\xed\xa0\x80"), "???");  // A surrogate.
  EXPECT_EQ(OneLine("\xc0\xaf"), "??");       // An overlong form.
  EXPECT_TRUE(IsPrintable(OneLine("\xf8\x88\x80\x80\x80\n\xc2\x85")));
}

TEST(IsPrintable, IsFalseForControlCharactersAndForBadUtf8) {
  EXPECT_TRUE(IsPrintable(""));
  EXPECT_TRUE(IsPrintable("upstream connect error, größe"));
  EXPECT_FALSE(IsPrintable("a\nb"));
  EXPECT_FALSE(IsPrintable("a\x7f"));
  EXPECT_FALSE(IsPrintable("a\xc2\x9b"));  // C1: some terminals obey it.
  EXPECT_FALSE(IsPrintable("a\xe7"));
}

TEST(Clip, LeavesWhatFits) {
  EXPECT_EQ(Clip("12345", 5), "12345");
  EXPECT_EQ(Clip("", 5), "");
}

TEST(Clip, CutsBetweenCharactersWhereverTheLimitFalls) {
  const std::string text = "aß画🎨aß画🎨aß画🎨";
  for (std::size_t limit = 3; limit < text.size(); ++limit) {
    const std::string clipped = Clip(text, limit);
    EXPECT_LE(clipped.size(), limit);
    EXPECT_TRUE(IsPrintable(clipped)) << limit;
    EXPECT_TRUE(clipped.ends_with("…")) << limit;
    EXPECT_TRUE(text.starts_with(clipped.substr(0, clipped.size() - 3))) << limit;
  }
}

}  // namespace
}  // namespace openrouter_images::errors
