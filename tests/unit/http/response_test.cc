#include "service/http/response.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace openrouter_images::http {
namespace {

using Progress = ResponseHeadReader::Progress;

constexpr std::size_t kLimit = 1000;

TEST(ResponseHeadTest, FindsHeadersInAnyCase) {
  const ResponseHead head{200, {{"Retry-After", "2"}, {"X-Empty", ""}, {"retry-after", "3"}}};
  EXPECT_EQ(head.Find("Retry-After"), "2");
  EXPECT_EQ(head.Find("RETRY-AFTER"), "2");
  EXPECT_EQ(head.Find("x-empty"), "");
  EXPECT_EQ(head.Find("Retry"), std::nullopt);
  EXPECT_EQ(head.Find(""), std::nullopt);
}

TEST(ResponseHeadTest, KnowsHowItsBodyEnds) {
  struct Case {
    int status;
    std::vector<Header> headers;
    bool ends_with_connection;
    std::string foreign_coding;
  };
  const std::vector<Case> cases = {
      {200, {}, true, ""},
      {204, {}, false, ""},
      {304, {}, false, ""},
      {200, {{"Content-Length", "3"}}, false, ""},
      {200, {{"Transfer-Encoding", "chunked"}}, false, ""},
      {200, {{"transfer-encoding", ", CHUNKED ,"}}, false, ""},
      {200, {{"Transfer-Encoding", ""}}, true, ""},
      {200, {{"Transfer-Encoding", "identity"}}, true, ""},
      // libcurl does not trust a length beside a transfer coding.
      {200, {{"Content-Length", "3"}, {"Transfer-Encoding", "identity"}}, true, ""},
      {200, {{"Transfer-Encoding", "identity"}, {"Transfer-Encoding", "chunked"}}, false, ""},
      {200, {{"Transfer-Encoding", "br, chunked"}}, false, "br"},
      {200, {{"Transfer-Encoding", "chunked"}, {"TRANSFER-encoding", "gzip"}}, false, "gzip"},
      {200, {{"Content-Encoding", "gzip"}}, true, ""},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    const ResponseHead head{cases[i].status, cases[i].headers};
    EXPECT_EQ(EndsWithConnection(head), cases[i].ends_with_connection);
    EXPECT_EQ(ForeignTransferCoding(head), cases[i].foreign_coding);
  }
}

TEST(ResponseHeadReaderTest, ReadsAHead) {
  ResponseHeadReader reader(kLimit);
  for (const char* line :
       {"HTTP/1.1 404 Not Found\r\n", "Content-Type:\t text/html \r\n", "X-Empty:\r\n", "no colon here\r\n",
        "HTTP/1.1 200: 1\r\n", "X-Url: http://a/b\r\n", "Folded: one\r\n", "\t two\r\n"}) {
    EXPECT_EQ(reader.AddLine(line, 404), Progress::kMore) << line;
    EXPECT_FALSE(reader.complete());
  }
  EXPECT_EQ(reader.AddLine("\r\n", 404), Progress::kComplete);
  EXPECT_TRUE(reader.complete());
  EXPECT_EQ(reader.head().status, 404);
  EXPECT_EQ(reader.head().headers.size(), 5u);
  EXPECT_EQ(reader.head().Find("content-type"), "text/html");
  EXPECT_EQ(reader.head().Find("x-empty"), "");
  EXPECT_EQ(reader.head().Find("x-url"), "http://a/b");
  EXPECT_EQ(reader.head().Find("folded"), "one two");
}

TEST(ResponseHeadReaderTest, SkipsInterimRepliesAndTrailers) {
  ResponseHeadReader reader(kLimit);
  EXPECT_EQ(reader.AddLine("HTTP/1.1 103 Early Hints\r\n", 103), Progress::kMore);
  EXPECT_EQ(reader.AddLine("Link: </a>\r\n", 103), Progress::kMore);
  EXPECT_EQ(reader.AddLine("\r\n", 103), Progress::kMore);
  EXPECT_FALSE(reader.complete());
  EXPECT_EQ(reader.AddLine("HTTP/1.1 200 OK\r\n", 200), Progress::kMore);
  EXPECT_EQ(reader.AddLine("A: 1\r\n", 200), Progress::kMore);
  EXPECT_EQ(reader.AddLine("\r\n", 200), Progress::kComplete);
  EXPECT_EQ(reader.AddLine("Trailer: 1\r\n", 200), Progress::kMore);
  EXPECT_EQ(reader.AddLine("\r\n", 200), Progress::kMore);
  EXPECT_EQ(reader.head().status, 200);
  ASSERT_EQ(reader.head().headers.size(), 1u);
  EXPECT_EQ(reader.head().headers.front().name, "A");
}

TEST(ResponseHeadReaderTest, CountsAllLinesAgainstTheLimit) {
  ResponseHeadReader reader(30);
  EXPECT_EQ(reader.AddLine("HTTP/1.1 200 OK\r\n", 200), Progress::kMore);  // 17 bytes
  EXPECT_EQ(reader.AddLine("ABCD: 678901\r\n", 200), Progress::kTooLarge);
  EXPECT_EQ(reader.AddLine("ABC: 678901\r\n", 200), Progress::kMore);  // 13 bytes: full
  EXPECT_EQ(reader.AddLine("\r\n", 200), Progress::kTooLarge);
}

}  // namespace
}  // namespace openrouter_images::http
