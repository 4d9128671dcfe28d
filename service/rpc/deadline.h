#pragma once

#include <grpc/support/time.h>

#include <chrono>

namespace openrouter_images::rpc {

// Until when the service works on a call that arrives at `arrival`: slightly before the caller's deadline, so
// that the status, which says whether money was spent, reaches the caller before its own timer fires. The
// margin is a tenth of the time left, at most 100 ms. At most 24 h.
//
// `caller_deadline` is ServerContext::raw_deadline(): infinite when there is none; the call then gets
// `fallback`. The raw one, because deadline() counts nanoseconds: a `grpc-timeout` of more than 2 070 000
// hours overflows there and may come out as a time in the past.
std::chrono::steady_clock::time_point WorkDeadline(gpr_timespec caller_deadline,
                                                   std::chrono::system_clock::time_point wall_now,
                                                   std::chrono::steady_clock::time_point arrival,
                                                   std::chrono::milliseconds fallback);

}  // namespace openrouter_images::rpc
