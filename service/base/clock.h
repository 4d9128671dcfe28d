#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace openrouter::images::base {

// Time as the retry loop sees it, handed in so that tests wait for nothing.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual std::chrono::steady_clock::time_point Now() const = 0;
  // The calendar's time, for dates that the upstream sends.
  virtual std::chrono::system_clock::time_point WallNow() const = 0;
  // Waits on the calling coroutine's loop. Returns early when the coroutine is cancelled.
  virtual boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration) = 0;
};

// The machine's own clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point Now() const override;
  std::chrono::system_clock::time_point WallNow() const override;
  boost::asio::awaitable<void> Sleep(std::chrono::milliseconds duration) override;
};

}  // namespace openrouter::images::base
