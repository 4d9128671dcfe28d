#include "service/rpc/deadline.h"

#include <algorithm>

namespace openrouter_images::rpc {

using std::chrono::milliseconds;

std::chrono::steady_clock::time_point WorkDeadline(std::chrono::system_clock::time_point caller_deadline,
                                                   std::chrono::system_clock::time_point wall_now,
                                                   std::chrono::steady_clock::time_point arrival,
                                                   milliseconds fallback) {
  // Also prevents an overflow for a deadline in the far future.
  constexpr auto kLongest = std::chrono::hours(24);
  if (caller_deadline == std::chrono::system_clock::time_point::max()) return arrival + fallback;
  if (caller_deadline <= wall_now) return arrival;
  if (caller_deadline - wall_now >= kLongest) return arrival + kLongest;
  const auto left = std::chrono::duration_cast<milliseconds>(caller_deadline - wall_now);
  return arrival + left - std::min(milliseconds(100), left / 10);
}

}  // namespace openrouter_images::rpc
