// libcurl sends a request again on its own when a reused connection ends before the first byte of a reply. A
// paid request must reach the peer once.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Answer;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

enum class Death { kFin, kReset };

class RedispatchTest : public testing::ClientTest, public ::testing::WithParamInterface<Death> {
 protected:
  // Answers the first request of the first connection, reads the second and ends the connection. Later
  // connections answer everything.
  Peer::Script DiesAfterSecondRequest() {
    return [this](PeerConnection& c) -> asio::awaitable<void> {
      co_await c.ReadRequest();
      co_await c.Write(Reply("one"));
      const std::string second = co_await c.ReadRequest();
      if (second.empty()) co_return;
      if (c.index == 0) {
        before_death_();
        if (GetParam() == Death::kReset) c.Reset();
        co_return;
      }
      co_await c.Write(Reply("two"));
      co_await c.WaitForClose();
    };
  }

  // A GET that leaves a connection in the pool, and a POST that takes it.
  TransferResult SendPooledPost(const Peer& peer, Collector& collector) {
    Collector first;
    EXPECT_EQ(Send(Get(peer.Url()), first).fault, Fault::kNone);
    Request post = Post(peer.Url());
    post.connection = ConnectionUse::kPooled;
    return Send(post, collector);
  }

  std::function<void()> before_death_ = [] {};
};

TEST_P(RedispatchTest, PooledPostIsStoppedBeforeItsSecondDispatch) {
  Peer peer(context, DiesAfterSecondRequest());
  Collector collector;
  const TransferResult result = SendPooledPost(peer, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kRedispatch)) << result.detail;
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(result.dispatches, 1);
  EXPECT_EQ(collector.dispatches, 1);
  RunUntil([&] { return peer.finished() == peer.connections(); });
  EXPECT_EQ(peer.connections(), 2) << "libcurl did not try again: the test shows nothing";
  EXPECT_EQ(peer.CountRequests("POST"), 1);
}

TEST_P(RedispatchTest, PooledPostThatCannotReconnectStillCountsAsSent) {
  Peer* listener = nullptr;
  before_death_ = [&] { listener->StopListening(); };
  Peer peer(context, DiesAfterSecondRequest());
  listener = &peer;
  Collector collector;
  const TransferResult result = SendPooledPost(peer, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kRedispatch)) << result.detail;
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(peer.CountRequests("POST"), 1);
}

TEST_P(RedispatchTest, FreshPostLeavesThePoolAlone) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    if (c.index == 1) {
      if (GetParam() == Death::kReset) c.Reset();
      co_return;
    }
    co_await c.Write(Reply("one"));
    co_await c.ReadRequest();
    co_await c.Write(Reply("two"));
    co_await c.WaitForClose();
  });
  Collector first;
  Collector second;
  Collector third;
  ASSERT_EQ(Send(Get(peer.Url()), first).fault, Fault::kNone);

  const TransferResult result = Send(Post(peer.Url()), second);

  EXPECT_EQ(FaultName(result.fault),
            FaultName(GetParam() == Death::kReset ? Fault::kReset : Fault::kEmptyReply));
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(result.dispatches, 1);
  EXPECT_EQ(result.connections, 1);
  EXPECT_EQ(peer.CountRequests("POST"), 1);
  EXPECT_EQ(peer.connections(), 2);

  const TransferResult pooled = Send(Get(peer.Url()), third);
  EXPECT_EQ(pooled.fault, Fault::kNone);
  EXPECT_EQ(pooled.connections, 0);
  EXPECT_EQ(peer.connections(), 2);
}

TEST_P(RedispatchTest, PooledGetIsRepeatedAndSaysSo) {
  Peer peer(context, DiesAfterSecondRequest());
  Collector first;
  Collector second;
  ASSERT_EQ(Send(Get(peer.Url()), first).fault, Fault::kNone);

  const TransferResult result = Send(Get(peer.Url()), second);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(result.dispatches, 2);
  EXPECT_EQ(result.connections, 1);
  EXPECT_EQ(second.dispatches, 1);
  EXPECT_EQ(second.heads, 1);
  EXPECT_EQ(second.body, "one");
  EXPECT_EQ(peer.CountRequests("GET"), 3);
}

INSTANTIATE_TEST_SUITE_P(All, RedispatchTest, ::testing::Values(Death::kFin, Death::kReset),
                         [](const auto& row) { return row.param == Death::kFin ? "Fin" : "Reset"; });

using PoolTest = testing::ClientTest;

TEST_F(PoolTest, FreshConnectionsAreNeitherReusedNorKept) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    while (!(co_await c.ReadRequest()).empty()) co_await c.Write(Reply("ok"));
  });
  for (int i = 1; i <= 3; ++i) {
    Collector collector;
    const TransferResult result = Send(Post(peer.Url()), collector);
    EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
    RunUntil([&] { return peer.finished() == i; });
    EXPECT_EQ(peer.connections(), i);
  }
}

TEST_F(PoolTest, ConnectionWithExtraBytesIsNotReused) {
  Peer peer(
      context,
      Answer(
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"));
  for (int i = 1; i <= 2; ++i) {
    Collector collector;
    EXPECT_EQ(Send(Get(peer.Url()), collector).fault, Fault::kNone);
    EXPECT_EQ(collector.body, "abc");
    EXPECT_EQ(peer.connections(), i);
  }
}

}  // namespace
}  // namespace openrouter_images::http
