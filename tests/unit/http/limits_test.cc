// Cancellation and time limits in every phase of a transfer.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/cancellation_type.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/http/fixture.h"
#include "tests/unit/http/lookups.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;

// A loopback port that neither accepts nor refuses: its queue is full, so the kernel drops what arrives.
class BlackHole {
 public:
  BlackHole() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const int listener = Keep(socket(AF_INET, SOCK_STREAM, 0));
    bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener, 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      connect(Keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), reinterpret_cast<sockaddr*>(&address),
              size);
    }
  }
  ~BlackHole() {
    for (const int descriptor : descriptors_) close(descriptor);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;

  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int Keep(int descriptor) {
    descriptors_.push_back(descriptor);
    return descriptor;
  }

  std::vector<int> descriptors_;
  int port_ = 0;
};

// Far below what any of these tests would take if a transfer did not end by the event in question.
constexpr milliseconds kAtOnce{4'000};

enum class Phase { kLookup, kConnect, kHandshake, kSilence, kHead, kBody, kPaused };

const char* PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kLookup:
      return "Lookup";
    case Phase::kConnect:
      return "Connect";
    case Phase::kHandshake:
      return "Handshake";
    case Phase::kSilence:
      return "Silence";
    case Phase::kHead:
      return "Head";
    case Phase::kBody:
      return "Body";
    case Phase::kPaused:
      return "Paused";
  }
  return "?";
}

class PhaseTest : public testing::ClientTest, public ::testing::WithParamInterface<Phase> {
 protected:
  PhaseTest()
      : peer(context, [this](PeerConnection& c) -> asio::awaitable<void> {
          if (GetParam() == Phase::kHandshake) {
            co_await c.ReadExactly(1);
            greeted_ = true;
          } else {
            co_await c.ReadRequest();
            if (GetParam() == Phase::kHead) co_await c.Write("HTTP/1.1 200 OK\r\nA: 1\r\n");
            if (GetParam() >= Phase::kBody)
              co_await c.Write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
          }
          co_await c.WaitForClose();
        }) {
    collector.on_body = [](std::string_view) {
      return GetParam() == Phase::kPaused ? Flow::kPause : Flow::kContinue;
    };
    const std::string port = std::to_string(peer.port());
    switch (GetParam()) {
      case Phase::kLookup:
        request = Post("http://" + std::string(testing::kStuckHost) + ":" + port + "/");
        break;
      case Phase::kConnect:
        request = Post(black_hole_.Url());
        break;
      case Phase::kHandshake:
        request = Post("https://127.0.0.1:" + port + "/");
        break;
      default:
        request = Post(peer.Url());
    }
  }

  bool before_dispatch() const { return GetParam() <= Phase::kHandshake; }

  // Starts the transfer and returns it in the phase, or null when it ended earlier.
  std::unique_ptr<Running> StartIntoPhase() {
    const std::size_t requests_before = peer.requests().size();
    greeted_ = false;
    collector.dispatches = 0;
    collector.pieces = 0;
    auto running = Start(request, collector);
    RunUntil([&] { return running->result.has_value() || Reached(requests_before); });
    // Nothing tells of a SYN that is dropped or of half a head: they are out when the loop has no more to do.
    while (context.poll() > 0) {
    }
    return running->result ? nullptr : std::move(running);
  }

  // A time limit that has passed before the phase shows nothing, so longer ones are tried on a slow machine.
  // `set` puts one on the request.
  TransferResult SendWithLimit(const std::function<void(milliseconds)>& set) {
    for (milliseconds limit{60}; limit < kAtOnce; limit *= 4) {
      const auto started = Clock::now();
      set(limit);
      const auto running = StartIntoPhase();
      if (running == nullptr) continue;
      RunUntil([&] { return running->result.has_value(); });
      EXPECT_GE(Clock::now() - started, limit - milliseconds(1));
      EXPECT_LT(Clock::now() - started, limit + kAtOnce);
      return *running->result;
    }
    ADD_FAILURE() << "the phase is never reached";
    return {};
  }

  bool Reached(std::size_t requests_before) {
    switch (GetParam()) {
      case Phase::kLookup:
        return lookups_.waiting() > 0;
      case Phase::kConnect:
        return true;
      case Phase::kHandshake:
        return greeted_;
      case Phase::kSilence:
      case Phase::kHead:
        return peer.requests().size() > requests_before;
      default:
        return collector.pieces > 0;
    }
  }

  void ExpectEnd(const TransferResult& result, Fault fault) {
    EXPECT_EQ(FaultName(result.fault), FaultName(fault)) << result.detail;
    EXPECT_FALSE(result.detail.empty());
    EXPECT_EQ(result.dispatched, !before_dispatch());
    EXPECT_EQ(collector.dispatches, before_dispatch() ? 0 : 1);
    EXPECT_EQ(result.status, GetParam() >= Phase::kBody ? 200 : 0);
    EXPECT_GT(result.timings.total.count(), 0);
    EXPECT_EQ(client().active_transfers(), 0u);
    // The connection is gone, and nothing calls the handler any more.
    RunUntil([&] { return peer.finished() == peer.connections(); });
    const int pieces = collector.pieces;
    context.poll();
    EXPECT_EQ(collector.pieces, pieces);
  }

  testing::StuckLookups lookups_;
  BlackHole black_hole_;
  bool greeted_ = false;
  Collector collector;
  Peer peer;
  Request request;
};

TEST_P(PhaseTest, Cancels) {
  const auto running = StartIntoPhase();
  ASSERT_NE(running, nullptr);
  const auto cancelled = Clock::now();
  running->cancel.emit(asio::cancellation_type::terminal);
  EXPECT_FALSE(running->result) << "resumed from inside emit";
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_LT(Clock::now() - cancelled, kAtOnce);
  ExpectEnd(*running->result, Fault::kCancelled);
}

TEST_P(PhaseTest, Deadline) {
  ExpectEnd(SendWithLimit([this](milliseconds limit) { request.deadline = Clock::now() + limit; }),
            Fault::kDeadline);
}

// The request's own limit that governs the phase; while paused there is none but the deadline.
TEST_P(PhaseTest, TimeLimit) {
  Fault fault = Fault::kStallTimeout;
  if (before_dispatch()) fault = Fault::kConnectTimeout;
  if (GetParam() == Phase::kSilence || GetParam() == Phase::kHead) fault = Fault::kFirstByteTimeout;
  if (GetParam() == Phase::kPaused) fault = Fault::kDeadline;
  const TransferResult result = SendWithLimit([&](milliseconds limit) {
    request.timeouts.connect = before_dispatch() ? limit : kAtOnce;
    request.timeouts.first_byte = limit;
    request.timeouts.stall = limit;
    if (GetParam() == Phase::kPaused) request.deadline = Clock::now() + 2 * limit;
  });
  ExpectEnd(result, fault);
}

TEST_P(PhaseTest, Attempt) {
  ExpectEnd(SendWithLimit([this](milliseconds limit) { request.timeouts.attempt = limit; }),
            Fault::kAttemptTimeout);
}

TEST_P(PhaseTest, LeavesNoDescriptorBehind) {
  const int baseline = testing::OpenDescriptors();
  const auto running = StartIntoPhase();
  ASSERT_NE(running, nullptr);
  EXPECT_GT(testing::OpenDescriptors(), baseline);
  running->cancel.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return running->result && peer.finished() == peer.connections(); });
  DestroyClient();
  // libcurl's lookup thread closes its descriptor a moment after the lookup.
  lookups_.Release();
  const auto limit = Clock::now() + kAtOnce;
  while (testing::OpenDescriptors() != baseline && Clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(testing::OpenDescriptors(), baseline);
}

INSTANTIATE_TEST_SUITE_P(All, PhaseTest,
                         ::testing::Values(Phase::kLookup, Phase::kConnect, Phase::kHandshake,
                                           Phase::kSilence, Phase::kHead, Phase::kBody, Phase::kPaused),
                         [](const auto& row) { return std::string(PhaseName(row.param)); });

// What a server may send long before it has an answer.
class EarlyBytesTest : public testing::ClientTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(EarlyBytesTest, DoNotBeginTheBody) {
  Peer peer(context, testing::Answer(GetParam()));
  Request request = Post(peer.Url());
  request.timeouts.stall = milliseconds(1);
  request.timeouts.first_byte = milliseconds(100);
  Collector collector;
  const TransferResult result = Send(request, collector);
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kFirstByteTimeout)) << result.detail;
  EXPECT_GT(result.timings.first_byte.count(), 0) << "nothing arrived: the test shows nothing";
  EXPECT_TRUE(result.dispatched);
}

INSTANTIATE_TEST_SUITE_P(All, EarlyBytesTest,
                         ::testing::Values("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nA: 1\r\n",
                                           "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                         [](const auto& row) { return "Case" + std::to_string(row.index); });

using BodilessTest = testing::ClientTest;

TEST_F(BodilessTest, EndsWithItsHead) {
  Peer peer(context, testing::Answer(testing::Reply("", "204 No Content")));
  Request request = Post(peer.Url());
  request.timeouts.first_byte = kAtOnce;
  Collector collector;
  EXPECT_EQ(Send(request, collector).fault, Fault::kNone);
}

using LookupTest = testing::ClientTest;

TEST_F(LookupTest, UnknownHost) {
  const Request request = Post("http://" + std::string(testing::kUnknownHost) + "/");
  Collector collector;
  const TransferResult result = Send(request, collector);
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kResolve)) << result.detail;
  EXPECT_FALSE(result.dispatched);
}

TEST_F(LookupTest, StuckLookupsHoldNobodyUp) {
  testing::StuckLookups lookups;
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    while (!(co_await c.ReadRequest()).empty()) co_await c.Write(testing::Reply("ok"));
  });
  const Request stuck = Post("http://" + std::string(testing::kStuckHost) + "/");
  std::array<Collector, 4> collectors;
  std::vector<std::unique_ptr<Running>> waiting;
  for (Collector& collector : collectors) waiting.push_back(Start(stuck, collector));
  RunUntil([&] { return lookups.waiting() == 4; });

  const auto started = Clock::now();
  for (const auto& running : waiting) {
    Collector collector;
    EXPECT_EQ(Send(Get(peer.Url()), collector).fault, Fault::kNone);
    running->cancel.emit(asio::cancellation_type::terminal);
  }
  RunUntil([&] { return client().active_transfers() == 0; });
  EXPECT_LT(Clock::now() - started, kAtOnce);
  EXPECT_EQ(lookups.waiting(), 4);
}

TEST_F(LookupTest, OverridesTakeThePlaceOfTheLookup) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.Write(testing::Reply("ok"));
  });
  const std::string host(testing::kUnknownHost);
  options.resolve = {"other.test:1:127.0.0.1", host + ":" + std::to_string(peer.port()) + ":127.0.0.1"};
  Collector collector;
  const TransferResult result = Send(Post(peer.Url("/", host)), collector);
  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
}

}  // namespace
}  // namespace openrouter_images::http
