#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <vector>

#include "service/base/clock.h"

namespace openrouter_images::testing {

// A clock that moves only by Advance and Sleep. Sleep takes no real time: it moves the clock forward by its
// whole duration and returns in the loop's next turn. Not thread-safe.
class VirtualClock final : public base::Clock {
 public:
  std::chrono::steady_clock::time_point Now() const override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + passed_;
  }

  std::chrono::system_clock::time_point WallNow() const override {
    return std::chrono::system_clock::time_point(std::chrono::hours(24 * 365 * 50)) + passed_;
  }

  boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration) override {
    sleeps.push_back(duration);
    if (on_sleep) on_sleep();
    Advance(duration);
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
  }

  void Advance(std::chrono::milliseconds duration) { passed_ += duration; }

  // The duration of every wait, in order.
  std::vector<std::chrono::milliseconds> sleeps;
  // Called at the beginning of each wait, before the clock moves.
  std::function<void()> on_sleep;

 private:
  std::chrono::milliseconds passed_{0};
};

}  // namespace openrouter_images::testing
