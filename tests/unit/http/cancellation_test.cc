#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Answer;
using testing::Collector;
using testing::Peer;

// A paid request to a peer that reads it and is silent.
class CancellationTest : public testing::ClientTest {
 protected:
  CancellationTest() : peer_(context, Answer("")) {}

  asio::awaitable<void> SendAsIs() { result_ = co_await client().Send(request_, collector_); }

  asio::awaitable<void> SendOpenToTotal() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await SendAsIs();
  }

  asio::awaitable<void> SendAlthoughCancelled() {
    co_await asio::this_coro::throw_if_cancelled(false);
    cancel_.emit(asio::cancellation_type::terminal);
    co_await SendAsIs();
  }

  void Spawn(asio::awaitable<void> coroutine) {
    asio::co_spawn(context, std::move(coroutine),
                   asio::bind_cancellation_slot(cancel_.slot(), asio::detached));
  }

  Peer peer_;
  Request request_ = Post(peer_.Url());
  Collector collector_;
  asio::cancellation_signal cancel_;
  std::optional<TransferResult> result_;
};

TEST_F(CancellationTest, TotalReachesCoroutinesThatAreOpenToIt) {
  Spawn(SendOpenToTotal());
  RunUntil([this] { return peer_.requests().size() == 1; });
  cancel_.emit(asio::cancellation_type::total);
  RunUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_->fault, Fault::kCancelled);
  EXPECT_TRUE(result_->dispatched);
}

TEST_F(CancellationTest, CancelledCoroutineSendsNothing) {
  Spawn(SendAlthoughCancelled());
  RunUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_->fault, Fault::kCancelled);
  EXPECT_FALSE(result_->dispatched);
  context.poll();
  EXPECT_EQ(peer_.connections(), 0);
}

TEST_F(CancellationTest, SignalFromInsideACallbackEndsTheTransfer) {
  collector_.on_dispatch = [this] { cancel_.emit(asio::cancellation_type::terminal); };
  Spawn(SendAsIs());
  RunUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_->fault, Fault::kCancelled);
  EXPECT_TRUE(result_->dispatched);
}

TEST_F(CancellationTest, ClientMayGoBeforeTheCoroutine) {
  Spawn(SendAsIs());
  RunUntil([this] { return peer_.requests().size() == 1; });
  DestroyClient();
  RunUntil([this] { return peer_.finished() == 1; });
  EXPECT_FALSE(result_);
}

}  // namespace
}  // namespace openrouter_images::http
