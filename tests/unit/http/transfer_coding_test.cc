// libcurl decodes gzip and deflate as transfer codings, asked for or not, and on the loop's thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/support/deflated.h"
#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

// A few kilobytes of gzip that become 20 MB.
const std::string& Bomb() {
  static const std::string bomb = Deflated(std::string(20'000'000, '\0'));
  return bomb;
}

struct CodingRow {
  const char* name;
  std::string headers;
  std::string coding;
  std::string status = "200 OK";
};

void PrintTo(const CodingRow& row, std::ostream* out) {
  *out << row.name;
}

class ForeignCodingTest : public testing::ClientTest, public ::testing::WithParamInterface<CodingRow> {};

TEST_P(ForeignCodingTest, EndsTheTransferAtTheHead) {
  const CodingRow& row = GetParam();
  Peer peer(context, [&row](PeerConnection& c) -> asio::awaitable<void> {
    const std::string request = co_await c.ReadRequest();
    if (request.starts_with("GET")) {
      co_await c.Write(Reply("ok"));
    } else {
      // In one piece, so that libcurl has read the body by the time of the head.
      co_await c.Write("HTTP/1.1 " + row.status + "\r\n" + row.headers + "\r\n\r\n" + Bomb());
      c.Finish();
    }
    co_await c.WaitForClose();
  });
  const Request other_request = Get(peer.Url());
  Collector other_collector;
  const auto other = Start(other_request, other_collector);
  Collector collector;

  const TransferResult result = Send(Post(peer.Url()), collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kProtocol)) << result.detail;
  EXPECT_THAT(result.detail, ::testing::HasSubstr("transfer coding \"" + row.coding + "\""));
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(result.status, std::stoi(row.status)) << "the status of a reply counts, read or not";
  EXPECT_EQ(collector.heads, 1);
  EXPECT_EQ(collector.pieces, 0);
  EXPECT_EQ(result.body_bytes, 0u);
  RunUntil([&] { return other->result.has_value(); });
  EXPECT_EQ(other->result->fault, Fault::kNone) << other->result->detail;
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignCodingTest,
    ::testing::Values(CodingRow{"Gzip", "Transfer-Encoding: gzip", "gzip"},
                      CodingRow{"InAnotherCase", "transfer-ENCODING:GZip", "GZip"},
                      CodingRow{"Deflate", "Transfer-Encoding: deflate", "deflate"},
                      CodingRow{"Unknown", "Transfer-Encoding: zstd", "zstd"},
                      CodingRow{"Twice", "Transfer-Encoding: gzip, gzip", "gzip"},
                      CodingRow{"BeforeChunked", "Transfer-Encoding: gzip, chunked", "gzip"},
                      CodingRow{"AfterChunked", "Transfer-Encoding: chunked ,\t x-gzip", "x-gzip"},
                      CodingRow{"SecondHeader", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
                                "gzip"},
                      CodingRow{"Parameter", "Transfer-Encoding: chunked;q=1", "chunked;q=1"},
                      CodingRow{"Folded", "Transfer-Encoding: gzip,\r\n chunked", "gzip"},
                      CodingRow{"WithLength", "Content-Length: 3\r\nTransfer-Encoding: gzip", "gzip"},
                      CodingRow{"BehindAStatusLine", "Transfer-Encoding: gzip\r\nHTTP/1.1 200: OK", "gzip"},
                      CodingRow{"OfAnError", "Transfer-Encoding: gzip", "gzip", "503 Busy"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace openrouter_images::http
