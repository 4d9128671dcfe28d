// The step that is awaited before the body of a POST may leave.
#include <gtest/gtest.h>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>

#include "tests/unit/http/certificates.h"
#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

// How the peer ends the connection once it has the head.
enum class EarlyEnd { kNone, kFin, kReset };

// A request whose step waits for the test, and a peer that reads the head, says what the test wants it to
// say, and then reads the body.
class DispatchGateTest : public testing::ClientTest {
 protected:
  DispatchGateTest() : decision_(context) {
    decision_.expires_at(asio::steady_timer::time_point::max());
    request_.method = Method::kPost;
    request_.body = "BODY";
    request_.connection = ConnectionUse::kFresh;
    request_.before_dispatch = [this] { return Step(); };
    Listen(nullptr);
  }

  void Listen(asio::ssl::context* tls) {
    peer_ = std::make_unique<Peer>(
        context, [this](PeerConnection& c) { return Talk(c); }, tls);
    request_.url = peer_->Url();
  }

  asio::awaitable<void> Talk(PeerConnection& c) {
    for (std::string head; !(head = co_await c.ReadHead()).empty();) {
      if (head.starts_with("POST")) {
        ++heads_seen_;
        co_await c.Write(early_reply_);
        if (early_end_ == EarlyEnd::kFin) c.Finish();
        if (early_end_ == EarlyEnd::kReset) c.Reset();
        const std::string body = co_await c.ReadExactly(request_.body.size());
        EXPECT_EQ(body, request_.body);
        ++bodies_seen_;
      }
      co_await c.Write(late_reply_);
    }
  }

  asio::awaitable<bool> Step() {
    ++steps_begun_;
    if (deaf_) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    boost::system::error_code aborted;
    if (!passes_) co_await decision_.async_wait(asio::redirect_error(asio::use_awaitable, aborted));
    ++steps_ended_;
    step_cancelled_ =
        (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
    if (!passes_) throw std::runtime_error("no space left");
    co_return *passes_;
  }

  void Decide(std::optional<bool> passes) {
    passes_ = passes;
    decision_.cancel();
  }

  // Starts the transfer and returns when its step waits and the peer has its head.
  std::unique_ptr<Running> StartIntoStep() {
    auto running = Start(request_, collector_);
    RunUntil([this] { return steps_begun_ == 1 && heads_seen_ == 1; });
    EXPECT_EQ(collector_.dispatches, 0);
    return running;
  }

  const TransferResult& Finish(const std::unique_ptr<Running>& running) {
    RunUntil([&] { return running->result.has_value(); });
    return *running->result;
  }

  void ExpectNotDispatched(const TransferResult& result, Fault fault) {
    EXPECT_EQ(FaultName(result.fault), FaultName(fault)) << result.detail;
    EXPECT_FALSE(result.dispatched);
    EXPECT_EQ(result.dispatches, 0);
    EXPECT_EQ(collector_.dispatches, 0);
    EXPECT_EQ(steps_ended_, steps_begun_);
    EXPECT_EQ(client().active_transfers(), 0u);
    // The connection is closed, and no byte of the body has arrived.
    RunUntil([&] { return peer_->finished() == peer_->connections(); });
    EXPECT_EQ(bodies_seen_, 0);
  }

  // What the step does once it is woken: true and false are returned, nothing throws.
  std::optional<bool> passes_;
  bool deaf_ = false;  // To cancellation.
  std::string early_reply_;
  std::string late_reply_ = Reply("late");
  EarlyEnd early_end_ = EarlyEnd::kNone;

  int steps_begun_ = 0;
  int steps_ended_ = 0;
  bool step_cancelled_ = false;
  int heads_seen_ = 0;
  int bodies_seen_ = 0;
  Collector collector_;
  Request request_;
  asio::steady_timer decision_;
  std::unique_ptr<Peer> peer_;
};

struct PassRow {
  const char* name;
  bool tls;
  ConnectionUse connection;
  std::size_t body_bytes;
};

void PrintTo(const PassRow& row, std::ostream* out) {
  *out << row.name;
}

class DispatchGatePassTest : public DispatchGateTest, public ::testing::WithParamInterface<PassRow> {};

TEST_P(DispatchGatePassTest, NoByteOfTheBodyLeavesBefore) {
  const testing::Identity authority = testing::MakeAuthority();
  const testing::BundleFile bundle(authority);
  asio::ssl::context tls = testing::ServerContext(testing::Issue(authority, "IP:127.0.0.1"));
  options.ca_bundle = bundle.path();
  if (GetParam().tls) Listen(&tls);
  request_.connection = GetParam().connection;
  request_.body.assign(GetParam().body_bytes, 'x');
  collector_.on_dispatch = [this] {
    EXPECT_EQ(steps_ended_, 1);
    EXPECT_EQ(bodies_seen_, 0);
  };

  const auto running = StartIntoStep();
  LetTimePass(milliseconds(20));
  EXPECT_EQ(bodies_seen_, 0);
  EXPECT_FALSE(running->result);
  Decide(true);
  const TransferResult& result = Finish(running);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(result.dispatches, 1);
  EXPECT_EQ(collector_.dispatches, 1);
  EXPECT_EQ(collector_.body, "late");
  EXPECT_EQ(steps_begun_, 1);
  EXPECT_FALSE(step_cancelled_);
  EXPECT_EQ(heads_seen_, 1);
  EXPECT_EQ(bodies_seen_, 1);
  EXPECT_EQ(peer_->connections(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, DispatchGatePassTest,
                         ::testing::Values(PassRow{"Fresh", false, ConnectionUse::kFresh, 1},
                                           PassRow{"Pooled", false, ConnectionUse::kPooled, 4},
                                           PassRow{"Large", false, ConnectionUse::kFresh, 5'000'000},
                                           PassRow{"Tls", true, ConnectionUse::kFresh, 70'000}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(DispatchGateTest, StepThatWaitsForNothing) {
  Decide(true);
  const TransferResult result = Send(request_, collector_);
  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(bodies_seen_, 1);
  EXPECT_EQ(steps_begun_, 1);
}

TEST_F(DispatchGateTest, Veto) {
  const auto running = StartIntoStep();
  Decide(false);
  ExpectNotDispatched(Finish(running), Fault::kVetoed);
}

TEST_F(DispatchGateTest, VetoWithoutWaitingLeavesNoConnectionInThePool) {
  request_.connection = ConnectionUse::kPooled;
  Decide(false);
  ExpectNotDispatched(Send(request_, collector_), Fault::kVetoed);
  Collector next;
  EXPECT_EQ(Send(Get(peer_->Url()), next).connections, 1);
}

TEST_F(DispatchGateTest, Exception) {
  const auto running = StartIntoStep();
  Decide(std::nullopt);
  ExpectNotDispatched(Finish(running), Fault::kCallbackThrew);
  EXPECT_EQ(running->result->detail, "no space left");
}

TEST_F(DispatchGateTest, HandlerThatThrowsAtTheDispatchPreventsIt) {
  const auto running = StartIntoStep();
  collector_.on_dispatch = [] { throw std::runtime_error("not now"); };
  Decide(true);
  const TransferResult& result = Finish(running);
  collector_.dispatches = 0;
  ExpectNotDispatched(result, Fault::kCallbackThrew);
  EXPECT_EQ(result.detail, "not now");
}

TEST_F(DispatchGateTest, CancellationReachesTheStep) {
  const auto running = StartIntoStep();
  running->cancel.emit(asio::cancellation_type::terminal);
  ExpectNotDispatched(Finish(running), Fault::kCancelled);
  EXPECT_TRUE(step_cancelled_);
}

TEST_F(DispatchGateTest, DeadlineReachesTheStep) {
  request_.deadline = std::chrono::steady_clock::now() + milliseconds(100);
  const auto running = StartIntoStep();
  ExpectNotDispatched(Finish(running), Fault::kDeadline);
  EXPECT_TRUE(step_cancelled_);
}

TEST_F(DispatchGateTest, NothingIsLeftRunningBySend) {
  deaf_ = true;
  const auto running = StartIntoStep();
  running->cancel.emit(asio::cancellation_type::terminal);
  RunUntil([this] { return peer_->finished() == 1; });
  running->cancel.emit(asio::cancellation_type::terminal);
  LetTimePass(milliseconds(20));
  EXPECT_FALSE(running->result) << "the step still runs";
  // Too late to matter.
  Decide(true);
  ExpectNotDispatched(Finish(running), Fault::kCancelled);
}

TEST_F(DispatchGateTest, WaitCountsNeitherAsConnectingNorAsWaitingForTheReply) {
  request_.timeouts.connect = milliseconds(200);
  request_.timeouts.first_byte = milliseconds(200);
  const auto running = StartIntoStep();
  LetTimePass(milliseconds(250));
  EXPECT_FALSE(running->result);
  Decide(true);
  EXPECT_EQ(Finish(running).fault, Fault::kNone) << running->result->detail;
}

TEST_F(DispatchGateTest, FirstByteLimitRunsFromTheDispatch) {
  request_.timeouts.first_byte = milliseconds(40);
  late_reply_.clear();
  const auto running = StartIntoStep();
  Decide(true);
  EXPECT_EQ(FaultName(Finish(running).fault), FaultName(Fault::kFirstByteTimeout));
  EXPECT_TRUE(running->result->dispatched);
}

TEST_F(DispatchGateTest, IsNotReachedWithoutAConnection) {
  peer_->StopListening();
  const TransferResult result = Send(request_, collector_);
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kConnect)) << result.detail;
  EXPECT_EQ(steps_begun_, 0);
}

TEST_F(DispatchGateTest, ClientMayGoBeforeTheStepEnds) {
  const auto running = StartIntoStep();
  DestroyClient();
  RunUntil([this] { return peer_->finished() == 1; });
  EXPECT_FALSE(running->result);
  EXPECT_EQ(bodies_seen_, 0);
}

struct EarlyRow {
  const char* name;
  std::string reply;
  ConnectionUse connection = ConnectionUse::kFresh;
};

void PrintTo(const EarlyRow& row, std::ostream* out) {
  *out << row.name;
}

class RefusalTest : public DispatchGateTest, public ::testing::WithParamInterface<EarlyRow> {};

// A reply that refuses the request by its head makes the body needless.
TEST_P(RefusalTest, EndsTheTransferWithoutADispatch) {
  early_reply_ = GetParam().reply;
  request_.connection = GetParam().connection;

  const auto running = StartIntoStep();
  const TransferResult& result = Finish(running);

  ExpectNotDispatched(result, Fault::kNone);
  EXPECT_EQ(result.status, 413);
  EXPECT_TRUE(step_cancelled_);
  Collector next;
  EXPECT_EQ(Send(Get(peer_->Url()), next).connections, 1)
      << "a connection in the middle of a request was kept";
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusalTest,
    ::testing::Values(
        EarlyRow{"WithBody", Reply("too large", "413 Too Large")},
        EarlyRow{"WithoutBody", Reply("", "413 Too Large")},
        EarlyRow{"OnAPooledConnection", Reply("too large", "413 Too Large"), ConnectionUse::kPooled},
        EarlyRow{"Closing", "HTTP/1.1 413 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"},
        EarlyRow{"Chunked", "HTTP/1.1 413 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"},
        EarlyRow{"AfterInterim", "HTTP/1.1 103 Hints\r\n\r\n" + Reply("", "413 Too Large")}),
    [](const auto& row) { return std::string(row.param.name); });

// Any other early reply changes nothing: the peer still waits for the body.
TEST_F(DispatchGateTest, EarlySuccessOpensNothing) {
  early_reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
  late_reply_ = "late";
  const auto running = StartIntoStep();
  RunUntil([this] { return collector_.heads == 1; });
  LetTimePass(milliseconds(20));
  EXPECT_EQ(bodies_seen_, 0);
  Decide(true);
  EXPECT_EQ(Finish(running).fault, Fault::kNone) << running->result->detail;
  EXPECT_TRUE(running->result->dispatched);
  EXPECT_EQ(bodies_seen_, 1);
  EXPECT_EQ(collector_.body, "late");
}

TEST_F(DispatchGateTest, CompleteEarlySuccessIsVetoedLikeAnyOther) {
  early_reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfree";
  const auto running = StartIntoStep();
  RunUntil([this] { return collector_.pieces == 1; });
  Decide(false);
  ExpectNotDispatched(Finish(running), Fault::kVetoed);
}

TEST_F(DispatchGateTest, ResumingTheReplyDoesNotOpenTheGate) {
  early_reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nearly";
  late_reply_ = "late";
  bool pausing = true;
  collector_.on_body = [&](std::string_view) { return pausing ? Flow::kPause : Flow::kContinue; };
  const auto running = StartIntoStep();
  RunUntil([this] { return collector_.pieces == 1; });
  pausing = false;
  client().Resume(collector_);
  RunUntil([this] { return collector_.body == "early"; });
  LetTimePass(milliseconds(20));
  EXPECT_EQ(bodies_seen_, 0);
  EXPECT_EQ(collector_.dispatches, 0);

  Decide(true);
  EXPECT_EQ(Finish(running).fault, Fault::kNone) << running->result->detail;
  EXPECT_EQ(bodies_seen_, 1);
  EXPECT_EQ(collector_.body, "earlylate");
}

TEST_F(DispatchGateTest, OpenGateDoesNotResumeThePausedReply) {
  early_reply_ = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nearly";
  late_reply_ = "late";
  bool pausing = true;
  collector_.on_body = [&](std::string_view) { return pausing ? Flow::kPause : Flow::kContinue; };
  const auto running = StartIntoStep();
  RunUntil([this] { return collector_.pieces == 1; });
  Decide(true);
  RunUntil([this] { return bodies_seen_ == 1; });
  LetTimePass(milliseconds(20));
  EXPECT_EQ(collector_.pieces, 1);
  EXPECT_FALSE(running->result);

  pausing = false;
  client().Resume(collector_);
  EXPECT_EQ(Finish(running).fault, Fault::kNone) << running->result->detail;
  EXPECT_EQ(collector_.body, "earlylate");
}

struct LossRow {
  const char* name;
  ConnectionUse connection;
  EarlyEnd end;
  Fault fault;
};

void PrintTo(const LossRow& row, std::ostream* out) {
  *out << row.name;
}

class LostAtTheGateTest : public DispatchGateTest, public ::testing::WithParamInterface<LossRow> {};

// libcurl would go on sending after a FIN, and send a request on a pooled connection again after a reset.
TEST_P(LostAtTheGateTest, NothingIsDispatched) {
  request_.connection = GetParam().connection;
  if (GetParam().connection == ConnectionUse::kPooled) {
    Collector first;
    ASSERT_EQ(Send(Get(peer_->Url()), first).fault, Fault::kNone);
  }
  early_end_ = GetParam().end;

  const auto running = StartIntoStep();
  const bool reset = early_end_ == EarlyEnd::kReset;
  if (!reset) Decide(true);
  const TransferResult& result = Finish(running);

  ExpectNotDispatched(result, GetParam().fault);
  EXPECT_EQ(heads_seen_, 1);
  EXPECT_EQ(steps_begun_, 1);
  EXPECT_EQ(step_cancelled_, reset);
}

INSTANTIATE_TEST_SUITE_P(
    All, LostAtTheGateTest,
    ::testing::Values(LossRow{"FreshFin", ConnectionUse::kFresh, EarlyEnd::kFin, Fault::kEmptyReply},
                      LossRow{"FreshReset", ConnectionUse::kFresh, EarlyEnd::kReset, Fault::kReset},
                      LossRow{"PooledFin", ConnectionUse::kPooled, EarlyEnd::kFin, Fault::kEmptyReply},
                      LossRow{"PooledReset", ConnectionUse::kPooled, EarlyEnd::kReset, Fault::kReset}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace openrouter_images::http
