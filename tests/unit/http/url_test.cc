#include "service/http/url.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::http {
namespace {

TEST(EscapePathSegmentTest, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(EscapePathSegment(""), "");
  EXPECT_EQ(EscapePathSegment("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(EscapePathSegment("a/b?c#d%e f"), "a%2Fb%3Fc%23d%25e%20f");
  EXPECT_EQ(EscapePathSegment("model:free"), "model%3Afree");
  EXPECT_EQ(EscapePathSegment("\xc3\xa9\r\n"), "%C3%A9%0D%0A");
  EXPECT_EQ(EscapePathSegment(std::string("a\0b", 3)), "a%00b");
}

}  // namespace
}  // namespace openrouter_images::http
