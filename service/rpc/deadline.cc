#include "service/rpc/deadline.h"

#include <grpcpp/support/time.h>

#include <algorithm>
#include <cstdint>

namespace openrouter_images::rpc {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::chrono::steady_clock::time_point WorkDeadline(gpr_timespec caller_deadline,
                                                   system_clock::time_point wall_now,
                                                   std::chrono::steady_clock::time_point arrival,
                                                   milliseconds fallback) {
  constexpr auto kLongest = std::chrono::hours(24);
  const gpr_timespec deadline = gpr_convert_clock_type(caller_deadline, GPR_CLOCK_REALTIME);
  if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_REALTIME)) == 0) return arrival + fallback;
  // Compared in seconds, before anything is counted in nanoseconds.
  const std::int64_t now_seconds = system_clock::to_time_t(wall_now);
  if (deadline.tv_sec > now_seconds &&
      deadline.tv_sec - now_seconds > std::chrono::seconds(kLongest).count()) {
    return arrival + kLongest;
  }
  if (deadline.tv_sec < now_seconds) return arrival;
  const auto left = std::chrono::duration_cast<milliseconds>(grpc::Timespec2Timepoint(deadline) - wall_now);
  if (left <= milliseconds(0)) return arrival;
  return arrival + left - std::min(milliseconds(100), left / 10);
}

}  // namespace openrouter_images::rpc
