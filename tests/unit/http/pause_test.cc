#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "tests/unit/http/certificates.h"
#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using testing::Answer;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

std::string Pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 + i / 251 + i / 65'521);
  return bytes;
}

std::string Chunked(const std::string& body, std::size_t chunk_bytes) {
  std::string reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  char size[32];
  for (std::size_t at = 0; at < body.size(); at += chunk_bytes) {
    const std::string chunk = body.substr(at, chunk_bytes);
    std::snprintf(size, sizeof(size), "%zx\r\n", chunk.size());
    reply.append(size).append(chunk).append("\r\n");
  }
  return reply + "0\r\n\r\n";
}

struct PauseRow {
  const char* name;
  bool chunked;
  bool tls;
  int pause_every;
};

void PrintTo(const PauseRow& row, std::ostream* out) {
  *out << row.name;
}

class PauseTest : public testing::ClientTest, public ::testing::WithParamInterface<PauseRow> {};

TEST_P(PauseTest, EveryByteArrivesOnce) {
  const PauseRow& row = GetParam();
  const testing::Identity authority = testing::MakeAuthority();
  const testing::BundleFile bundle(authority);
  asio::ssl::context tls = testing::ServerContext(testing::Issue(authority, "IP:127.0.0.1"));
  options.ca_bundle = bundle.path();
  const std::string body = Pattern(1'500'000);
  const std::string reply = row.chunked ? Chunked(body, 7'001) : Reply(body);
  Peer peer(context, Answer(reply), row.tls ? &tls : nullptr);
  Collector collector;
  int pauses = 0;
  std::optional<std::string> held_back;
  collector.on_body = [&](std::string_view bytes) {
    if (held_back) {
      EXPECT_TRUE(bytes.starts_with(*held_back) || held_back->starts_with(bytes))
          << "not the same bytes again";
      held_back.reset();
      return Flow::kContinue;
    }
    if (collector.pieces % row.pause_every != 0) return Flow::kContinue;
    ++pauses;
    held_back = bytes;
    // Once from inside the callback, once from a later turn of the loop.
    if (pauses % 2 == 0) {
      client().Resume(collector);
    } else {
      asio::post(context, [&] { client().Resume(collector); });
    }
    return Flow::kPause;
  };

  const Request request = Post(peer.Url());
  const TransferResult result = Send(request, collector);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(result.body_bytes, body.size());
  EXPECT_TRUE(collector.body == body);
  EXPECT_GT(pauses, 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, PauseTest,
    ::testing::Values(PauseRow{"Length", false, false, 3}, PauseRow{"LengthEveryPiece", false, false, 1},
                      PauseRow{"Chunked", true, false, 3}, PauseRow{"ChunkedEveryPiece", true, false, 1},
                      PauseRow{"TlsLength", false, true, 3}, PauseRow{"TlsChunkedEveryPiece", true, true, 1}),
    [](const auto& row) { return std::string(row.param.name); });

using YieldTest = testing::ClientTest;

// Work in parts must not hold up the loop: every other handler has its turn between two of them.
TEST_F(YieldTest, OthersHaveTheirTurnBetweenTwoParts) {
  constexpr int kParts = 5;
  const std::string body = Pattern(300'000);
  Peer peer(context, Answer(Reply(body)));
  Collector collector;
  int parts = 0;
  int turns = 0;
  collector.on_body = [&](std::string_view) {
    if (parts == kParts) return Flow::kContinue;
    // The next part may have been queued just before the last turn.
    EXPECT_GE(turns, parts - 1) << "in the same turn";
    ++parts;
    asio::post(context, [&] { ++turns; });
    return Flow::kYield;
  };

  const TransferResult result = Send(Post(peer.Url()), collector);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_TRUE(collector.body == body);
  EXPECT_EQ(turns, kParts);
}

TEST_F(YieldTest, TheDeadlineEndsWorkWithoutEnd) {
  Peer peer(context, Answer(Reply("abc")));
  Collector collector;
  collector.on_body = [](std::string_view) { return Flow::kYield; };
  Request request = Post(peer.Url());
  request.deadline = std::chrono::steady_clock::now() + milliseconds(50);
  EXPECT_EQ(Send(request, collector).fault, Fault::kDeadline);
}

class PausedTransferTest : public testing::ClientTest {
 protected:
  PausedTransferTest()
      : peer(context, [this](PeerConnection& c) -> asio::awaitable<void> {
          co_await c.ReadRequest();
          co_await c.Write(reply_);
          if (finish_) c.Finish();
          co_await c.WaitForClose();
        }) {
    collector.on_body = [this](std::string_view) { return pausing_ ? Flow::kPause : Flow::kContinue; };
  }

  // Starts a transfer and returns when it is paused.
  std::unique_ptr<Running> StartAndPause() {
    auto running = Start(request_, collector);
    RunUntil([this] { return collector.pieces > 0; });
    return running;
  }

  std::string reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
  bool finish_ = false;
  bool pausing_ = true;
  Collector collector;
  Peer peer;
  Request request_ = Post(peer.Url());
};

TEST_F(PausedTransferTest, SpuriousResumesAreHarmless) {
  Collector stranger;
  client().Resume(stranger);
  const auto running = StartAndPause();
  for (int i = 0; i < 5; ++i) {
    client().Resume(collector);
    client().Resume(collector);
    RunUntil([&, pieces = collector.pieces] { return collector.pieces > pieces; });
  }
  EXPECT_FALSE(running->result);
  pausing_ = false;
  client().Resume(collector);
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kNone);
  EXPECT_EQ(collector.body, "abc");
  client().Resume(collector);
  context.poll();
}

TEST_F(PausedTransferTest, PeerThatClosedMeanwhileLosesNothing) {
  finish_ = true;
  reply_ = "HTTP/1.1 200 OK\r\n\r\nabc";
  const auto running = StartAndPause();
  LetTimePass(milliseconds(20));
  EXPECT_FALSE(running->result);
  pausing_ = false;
  client().Resume(collector);
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kNone) << running->result->detail;
  EXPECT_EQ(collector.body, "abc");
}

TEST_F(PausedTransferTest, TruncationIsSeenAfterTheResume) {
  finish_ = true;
  reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
  const auto running = StartAndPause();
  pausing_ = false;
  client().Resume(collector);
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kTruncated) << running->result->detail;
  EXPECT_EQ(collector.body, "abc");
}

TEST_F(PausedTransferTest, StallLimitIsOffWhilePausedAndOnAgainAfterwards) {
  reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
  request_.timeouts.stall = milliseconds(60);
  const auto running = StartAndPause();
  LetTimePass(milliseconds(200));
  EXPECT_FALSE(running->result);
  pausing_ = false;
  const auto resumed = std::chrono::steady_clock::now();
  client().Resume(collector);
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(FaultName(running->result->fault), FaultName(Fault::kStallTimeout));
  EXPECT_GE(std::chrono::steady_clock::now() - resumed, milliseconds(60));
  EXPECT_EQ(collector.body, "abc");
}

TEST_F(PausedTransferTest, HandlerAbortsOnRedelivery) {
  const auto running = StartAndPause();
  collector.on_body = [](std::string_view) { return Flow::kAbort; };
  client().Resume(collector);
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kAbortedByHandler);
  EXPECT_EQ(client().active_transfers(), 0u);
}

TEST_F(PausedTransferTest, ReadingStops) {
  constexpr std::size_t kBytes = 32'000'000;
  reply_ = Reply(std::string(kBytes, 'x'));
  const auto running = StartAndPause();
  LetTimePass(milliseconds(50));
  EXPECT_EQ(peer.finished(), 0);
  EXPECT_EQ(collector.pieces, 1);
  pausing_ = false;
  client().Resume(collector);
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kNone);
  EXPECT_EQ(collector.body.size(), kBytes);
}

}  // namespace
}  // namespace openrouter_images::http
