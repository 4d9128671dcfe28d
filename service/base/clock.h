#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace openrouter_images::base {

// Source of time and sleep. Injected, so that tests use a fake clock, whose Sleep takes no real time.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual std::chrono::steady_clock::time_point Now() const = 0;
  // Calendar time, for dates in the upstream's headers.
  virtual std::chrono::system_clock::time_point WallNow() const = 0;
  // Suspends the calling coroutine on its own loop. Returns early when the coroutine is cancelled.
  virtual boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration) = 0;
};

// The system's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point Now() const override;
  std::chrono::system_clock::time_point WallNow() const override;
  boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration) override;
};

}  // namespace openrouter_images::base
