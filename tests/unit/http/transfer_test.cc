#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::Answer;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;
using TransferTest = testing::ClientTest;

TEST_F(TransferTest, GetsAReply) {
  Peer peer(context, Answer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"));
  options.user_agent = "tester/1";
  Request request = Get(peer.Url("/a/../b%2Fc?q=1"));
  request.headers = {"X-One: 1", "Accept: application/json", "X-Empty:", "X-Blank: \t"};
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
  EXPECT_THAT(sent, ::testing::HasSubstr("\r\nX-Empty:\r\n"));
  EXPECT_THAT(sent, ::testing::HasSubstr("\r\nX-Blank:\r\n"));
  EXPECT_THAT(sent, ::testing::HasSubstr("\r\nUser-Agent: tester/1\r\n"));
  EXPECT_THAT(sent, ::testing::Not(::testing::HasSubstr("Accept-Encoding")));
}

TEST_F(TransferTest, FirstByteIsThatOfTheReply) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.PassGate();
    co_await c.Write(Reply("ok"));
    co_await c.WaitForClose();
  });
  const Request request = Post(peer.Url());
  Collector collector;
  const auto running = Start(request, collector);
  RunUntil([&] { return peer.requests().size() == 1; });
  LetTimePass(std::chrono::milliseconds(20));
  peer.OpenGate();
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kNone) << running->result->detail;
  EXPECT_GE(running->result->timings.first_byte, std::chrono::milliseconds(20));
  EXPECT_LE(running->result->timings.first_byte, running->result->timings.total);
}

TEST_F(TransferTest, WithoutAReplyThereIsNoFirstByte) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    c.Reset();
  });
  const Request request = Post(peer.Url());
  Collector collector;
  const TransferResult result = Send(request, collector);
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kReset));
  EXPECT_EQ(result.timings.first_byte.count(), 0);
}

TEST_F(TransferTest, PostsABodyOfAnySizeWithTheGivenHeaders) {
  for (const std::size_t size : {1u, 70'000u, 3'000'000u}) {
    Peer peer(context, Answer(Reply("ok")));
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 31 + i / 257);
    Request request = Post(peer.Url(), body);
    if (size > 1) request.headers = {"Content-Type: application/json"};
    Collector collector;

    const TransferResult result = Send(request, collector);

    EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
    ASSERT_EQ(peer.CountRequests("POST"), 1);
    const std::string& sent = peer.requests().front();
    EXPECT_EQ(sent.substr(sent.find("\r\n\r\n") + 4), body);
    EXPECT_THAT(sent, ::testing::Not(::testing::HasSubstr("Expect")));
    EXPECT_THAT(sent, ::testing::Not(::testing::HasSubstr("www-form")));
    EXPECT_EQ(sent.find("\r\nContent-Type: application/json\r\n") != std::string::npos, size > 1);
  }
}

// What has arrived at the peer when the dispatch is announced: nothing of a GET, the mere head of a POST.
TEST_F(TransferTest, DispatchIsAnnouncedBeforeAnythingThatCountsLeaves) {
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::string url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  for (const Request& request : {Get(url), Post(url, "BODY")}) {
    const bool post = request.method == Method::kPost;
    SCOPED_TRACE(post ? "POST" : "GET");
    tcp::socket accepted(context);
    std::string before;
    Collector collector;
    collector.on_dispatch = [&] {
      // The connection is made by now.
      accepted = acceptor.accept();
      before.resize(accepted.available());
      asio::read(accepted, asio::buffer(before));
    };

    const auto running = Start(request, collector);
    RunUntil([&] { return accepted.is_open() && accepted.available() > 0; });

    EXPECT_EQ(before.empty(), !post) << before;
    EXPECT_EQ(before.ends_with("\r\n\r\n"), post) << before;
    EXPECT_EQ(collector.dispatches, 1);
    EXPECT_FALSE(running->result);
    accepted.close();
    RunUntil([&] { return running->result.has_value(); });
  }
}

TEST_F(TransferTest, ConnectionThatBreaksAtTheDispatchIsASendFault) {
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  Collector collector;
  collector.on_dispatch = [&] {
    tcp::socket accepted = acceptor.accept();
    accepted.set_option(asio::socket_base::linger(true, 0));
    accepted.close();
  };
  const Request request = Post("http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/");

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kSend)) << result.detail;
  EXPECT_TRUE(result.dispatched);
}

TEST_F(TransferTest, RefusedConnection) {
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const Request request = Post("http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/");
  acceptor.close();
  Collector collector;

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kConnect)) << result.detail;
  EXPECT_FALSE(result.dispatched);
  EXPECT_EQ(collector.dispatches, 0);
}

TEST_F(TransferTest, HandlerServesOneTransferAtATime) {
  Peer peer(context, Answer(""));
  const Request request = Post(peer.Url());
  Collector collector;
  const auto first = Start(request, collector);
  RunUntil([&] { return collector.dispatches == 1; });
  EXPECT_EQ(Send(request, collector).fault, Fault::kInvalidRequest);
  EXPECT_FALSE(first->result);
  EXPECT_EQ(client().active_transfers(), 1u);
}

TEST_F(TransferTest, NoTransferStartsInsideACallback) {
  Peer peer(context, Answer(Reply("ok")));
  const Request request = Post(peer.Url());
  Collector outer;
  Collector inner;
  std::unique_ptr<Running> nested;
  outer.on_head = [&] { nested = Start(request, inner); };

  EXPECT_EQ(Send(request, outer).fault, Fault::kNone);

  RunUntil([&] { return nested->result.has_value(); });
  EXPECT_EQ(FaultName(nested->result->fault), FaultName(Fault::kOther));
  EXPECT_FALSE(nested->result->dispatched);
}

TEST_F(TransferTest, BodyInSingleBytes) {
  std::string body(5'000, 'a');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i % 251);
  Peer peer(context, [&body](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    const std::string reply = Reply(body);
    for (const char byte : reply) co_await c.Write(std::string(1, byte));
    co_await c.WaitForClose();
  });
  Collector collector;
  EXPECT_EQ(Send(Post(peer.Url()), collector).fault, Fault::kNone);
  EXPECT_EQ(collector.body, body);
}

TEST_F(TransferTest, LargeBody) {
  std::string body(20'000'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 131 + i / 65'521);
  Peer peer(context, Answer(Reply(body)));
  Collector collector;
  std::size_t largest = 0;
  collector.on_body = [&](std::string_view bytes) {
    largest = std::max(largest, bytes.size());
    return Flow::kContinue;
  };
  const TransferResult result = Send(Post(peer.Url()), collector);
  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(result.body_bytes, body.size());
  EXPECT_TRUE(collector.body == body);
  EXPECT_LE(largest, 16'384u);
}

TEST_F(TransferTest, ManyAtOnceLeaveNothingBehind) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    for (std::string request; !(request = co_await c.ReadRequest()).empty();) {
      co_await c.Write(Reply(request.substr(request.find("\r\n\r\n") + 4)));
    }
  });
  const int baseline = testing::OpenDescriptors();
  constexpr int kCount = 100;
  std::vector<Collector> collectors(kCount);
  std::vector<Request> requests;
  std::vector<std::unique_ptr<Running>> transfers;
  for (int i = 0; i < kCount; ++i) {
    requests.push_back(Post(peer.Url(), "body " + std::to_string(i)));
    if (i % 3 == 0) requests.back().connection = ConnectionUse::kPooled;
  }
  for (int i = 0; i < kCount; ++i) transfers.push_back(Start(requests[i], collectors[i]));
  RunUntil([&] {
    return std::all_of(transfers.begin(), transfers.end(),
                       [](const auto& t) { return t->result.has_value(); });
  });
  EXPECT_EQ(client().active_transfers(), 0u);
  for (int i = 0; i < kCount; ++i) {
    EXPECT_EQ(transfers[i]->result->fault, Fault::kNone) << transfers[i]->result->detail;
    EXPECT_EQ(collectors[i].body, requests[i].body);
  }
  EXPECT_EQ(peer.CountRequests("POST"), kCount);
  DestroyClient();
  RunUntil([&] { return peer.finished() == peer.connections(); });
  EXPECT_EQ(testing::OpenDescriptors(), baseline);
}

}  // namespace
}  // namespace openrouter_images::http
