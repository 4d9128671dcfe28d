#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "tests/unit/http/fixture.h"

namespace openrouter::images::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;
using TransferTest = testing::ClientTest;

TEST_F(TransferTest, GetsAReply) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.Write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    co_await c.WaitForClose();
  });
  options.user_agent = "tester/1";
  Request request = Get(peer.Url("/a/../b%2Fc?q=1"));
  request.headers = {"X-One: 1", "Accept: application/json"};
  Collector collector;

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.detail, "");
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(result.dispatches, 1);
  EXPECT_EQ(result.connections, 1);
  EXPECT_EQ(result.body_bytes, 5u);
  EXPECT_GT(result.timings.first_byte.count(), 0);
  EXPECT_GE(result.timings.total, result.timings.first_byte);
  EXPECT_EQ(collector.body, "hello");
  EXPECT_EQ(collector.dispatches, 1);
  EXPECT_EQ(collector.heads, 1);
  EXPECT_EQ(collector.head.status, 200);
  EXPECT_EQ(collector.head.Find("content-TYPE"), "text/plain");

  ASSERT_EQ(peer.requests().size(), 1u);
  const std::string& sent = peer.requests().front();
  EXPECT_TRUE(sent.starts_with("GET /a/../b%2Fc?q=1 HTTP/1.1\r\n")) << sent;
  EXPECT_THAT(sent, ::testing::HasSubstr("\r\nX-One: 1\r\n"));
  EXPECT_THAT(sent, ::testing::HasSubstr("\r\nAccept: application/json\r\n"));
  EXPECT_THAT(sent, ::testing::HasSubstr("\r\nUser-Agent: tester/1\r\n"));
  EXPECT_THAT(sent, ::testing::Not(::testing::HasSubstr("Accept-Encoding")));
}

TEST_F(TransferTest, PostsABodyOfAnySizeWithoutExpect) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{70'000}, std::size_t{3'000'000}}) {
    Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
      co_await c.ReadRequest();
      co_await c.Write(Reply("ok"));
      co_await c.WaitForClose();
    });
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 31 + i / 257);
    const Request request = Post(peer.Url(), body);
    Collector collector;

    const TransferResult result = Send(request, collector);

    EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
    ASSERT_EQ(peer.CountRequests("POST"), 1);
    const std::string& sent = peer.requests().front();
    EXPECT_EQ(sent.substr(sent.find("\r\n\r\n") + 4), body);
    EXPECT_EQ(sent.find("Expect"), std::string::npos);
  }
}

}  // namespace
}  // namespace openrouter::images::http
