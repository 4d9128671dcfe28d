#include "service/operations/task.h"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace openrouter_images::operations {
namespace {

namespace asio = boost::asio;

class TaskTest : public ::testing::Test {
 protected:
  void Start(asio::awaitable<void> work) {
    task_.Start(loop_, std::move(work), [this](const std::exception_ptr& error) {
      ++ended_;
      error_ = error;
    });
  }

  asio::io_context loop_;
  Task task_;
  int ended_ = 0;
  std::exception_ptr error_;
};

asio::awaitable<void> Wait(bool& interrupted) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  interrupted = static_cast<bool>(error);
}

TEST_F(TaskTest, ACancellationInterruptsAWaitAndIsNoException) {
  bool interrupted = false;
  Start(Wait(interrupted));
  loop_.poll();
  EXPECT_EQ(ended_, 0);
  task_.Cancel();
  loop_.run();
  EXPECT_TRUE(interrupted);
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(error_, nullptr);
}

TEST_F(TaskTest, AnExceptionIsHandedOn) {
  Start([]() -> asio::awaitable<void> {
    throw std::runtime_error("no");
    co_return;
  }());
  loop_.run();
  EXPECT_EQ(ended_, 1);
  EXPECT_NE(error_, nullptr);
}

TEST_F(TaskTest, ACancellationBeforeTheBeginAndAfterTheEndIsHarmless) {
  task_.Cancel();
  Start([]() -> asio::awaitable<void> { co_return; }());
  loop_.run();
  task_.Cancel();
  EXPECT_EQ(ended_, 1);
}

}  // namespace
}  // namespace openrouter_images::operations
