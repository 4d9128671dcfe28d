#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "service/base/clock.h"

namespace openrouter_images::testing {

// Real time plus the sum of all waits. Sleep takes no real time: it moves the clock forward by its whole
// duration and returns in the loop's next turn. For tests whose peers live in real time, such as sockets.
// Thread-safe.
class FakeClock final : public base::Clock {
 public:
  std::chrono::steady_clock::time_point Now() const override {
    return std::chrono::steady_clock::now() + slept();
  }

  std::chrono::system_clock::time_point WallNow() const override {
    return std::chrono::system_clock::now() + slept();
  }

  boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration) override {
    slept_ms_ += duration.count();
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
  }

  // The sum of all waits so far.
  std::chrono::milliseconds slept() const { return std::chrono::milliseconds(slept_ms_.load()); }

 private:
  std::atomic<std::chrono::milliseconds::rep> slept_ms_{0};
};

}  // namespace openrouter_images::testing
