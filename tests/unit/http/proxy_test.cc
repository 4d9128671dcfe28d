#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>
#include <string>

#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;
using ProxyTest = testing::ClientTest;

TEST_F(ProxyTest, EnvironmentsProxyIsNotUsed) {
  Peer proxy(context, [](PeerConnection& c) -> asio::awaitable<void> { co_await c.ReadRequest(); });
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.Write(Reply("direct"));
  });
  setenv("http_proxy", proxy.Url().c_str(), 1);
  Collector collector;
  EXPECT_EQ(Send(Post(peer.Url()), collector).fault, Fault::kNone);
  unsetenv("http_proxy");
  EXPECT_EQ(collector.body, "direct");
}

TEST_F(ProxyTest, ConfiguredProxyIsUsed) {
  Peer proxy(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.Write(Reply("by proxy"));
  });
  options.proxy = proxy.Url();
  Collector collector;
  EXPECT_EQ(Send(Post("http://unknown.test/x"), collector).fault, Fault::kNone);
  EXPECT_EQ(collector.body, "by proxy");
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_TRUE(proxy.requests().front().starts_with("POST http://unknown.test/x HTTP/1.1\r\n"));
}

TEST_F(ProxyTest, ThatIsDown) {
  Peer proxy(context, [](PeerConnection& c) -> asio::awaitable<void> { co_await c.ReadRequest(); });
  options.proxy = proxy.Url();
  proxy.StopListening();
  for (const std::string url : {"http://unknown.test/", "https://unknown.test/"}) {
    SCOPED_TRACE(url);
    Collector collector;
    const TransferResult result = Send(Post(url), collector);
    EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kProxyFailed)) << result.detail;
    EXPECT_THAT(result.detail, ::testing::StartsWith("the proxy made no connection"));
    EXPECT_FALSE(result.dispatched);
  }
}

TEST_F(ProxyTest, WithoutAnAddress) {
  options.proxy = "http://unknown.test:1/";
  Collector collector;
  const TransferResult result = Send(Post("https://127.0.0.1/"), collector);
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kProxyFailed)) << result.detail;
  EXPECT_FALSE(result.dispatched);
}

struct TunnelRow {
  const char* name;
  std::string answer;  // To CONNECT; the proxy then ends the connection.
  Fault fault;
  const char* detail;
  bool reset = false;
};

void PrintTo(const TunnelRow& row, std::ostream* out) {
  *out << row.name;
}

class TunnelTest : public testing::ClientTest, public ::testing::WithParamInterface<TunnelRow> {};

// Nothing was sent to the upstream, and the proxy's status is not the upstream's.
TEST_P(TunnelTest, ThatDoesNotStand) {
  Peer proxy(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.Write(GetParam().answer);
    if (GetParam().reset) {
      c.Reset();
    } else {
      c.Finish();
      co_await c.WaitForClose();
    }
  });
  options.proxy = proxy.Url();
  Collector collector;

  const TransferResult result = Send(Post("https://unknown.test/"), collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(GetParam().fault)) << result.detail;
  EXPECT_THAT(result.detail, ::testing::HasSubstr(GetParam().detail));
  EXPECT_FALSE(result.dispatched);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(collector.heads, 0);
  EXPECT_EQ(collector.pieces, 0);
  EXPECT_EQ(collector.dispatches, 0);
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_TRUE(proxy.requests().front().starts_with("CONNECT unknown.test:443 ")) << proxy.requests().front();
}

INSTANTIATE_TEST_SUITE_P(
    All, TunnelTest,
    ::testing::Values(
        TunnelRow{"Empty", "", Fault::kProxyFailed, "no connection"},
        TunnelRow{"Reset", "", Fault::kProxyFailed, "no connection", true},
        TunnelRow{"NoHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Fault::kProxyFailed, "no connection"},
        TunnelRow{"CutOff", "HTTP/1.1 200 OK\r\nA: ", Fault::kProxyFailed, "no connection"},
        TunnelRow{"TooLarge", "HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'a'), Fault::kProxyFailed,
                  "no connection"},
        TunnelRow{"Redirect", "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", Fault::kProxyFailed, "status 302"},
        TunnelRow{"BadGateway", Reply("bad", "502 Bad Gateway"), Fault::kProxyFailed, "status 502"},
        TunnelRow{"Unavailable", "HTTP/1.1 503 Busy\r\n\r\n", Fault::kProxyFailed, "status 503"},
        TunnelRow{"Forbidden", Reply("no", "403 Forbidden"), Fault::kProxyRefused, "status 403"},
        TunnelRow{"Credentials", Reply("who?", "407 Proxy Authentication Required"), Fault::kProxyRefused,
                  "status 407"},
        TunnelRow{"UpstreamSpeaksNoTls", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n",
                  Fault::kTlsHandshake, ""}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace openrouter_images::http
