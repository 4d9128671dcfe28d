#include "service/errors/excerpt.h"

#include <gtest/gtest.h>

#include <string>

#include "service/errors/text.h"

namespace openrouter_images::errors {
namespace {

TEST(Excerpt, KeepsTheWordsOfAnyBody) {
  struct Row {
    const char* name;
    std::string body;
    std::string excerpt;
  };
  for (const Row& row : {
           Row{"plain text", "upstream connect error\r\nreset\n", "upstream connect error reset"},
           Row{"a page",
               "<html>\n<head><title>502 Bad Gateway</title><style>a{b}</style><SCRIPT>x<1;</script></head>"
               "<!-- <b>not this</b> --><body class=\"a\"><h1>502</h1><hr>nginx</body></html>",
               "502 Bad Gateway 502 nginx"},
           Row{"a page that was cut", "<html><body>Oops<scr", "Oops"},
           Row{"JSON that was cut", R"({"error":{"code":500,"mess)", R"({"error":{"code":500,"mess)"},
           Row{"invalid bytes", "a\xff\x01z", "a? z"},
           Row{"nothing", "", ""},
       }) {
    EXPECT_EQ(Excerpt(row.body), row.excerpt) << row.name;
  }
}

TEST(Excerpt, IsShort) {
  for (const std::string& unit : {std::string("x"), std::string("\xe7\x94\xbb"), std::string("<p>a")}) {
    std::string body = unit == "<p>a" ? "<html>" : "";
    while (body.size() < 3'000'000) body += unit;
    EXPECT_LE(Excerpt(body).size(), kMaxExcerptBytes);
    EXPECT_GT(Excerpt(body).size(), kMaxExcerptBytes / 2);
    EXPECT_TRUE(IsPrintable(Excerpt(body)));
  }
}

}  // namespace
}  // namespace openrouter_images::errors
