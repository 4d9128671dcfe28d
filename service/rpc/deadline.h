#pragma once

#include <chrono>

namespace openrouter_images::rpc {

// Until when the service works on a call that arrives at `arrival`: slightly before the caller's deadline, so
// that the status, which says whether money was spent, reaches the caller before its own timer fires. The
// margin is a tenth of the time left, at most 100 ms. `caller_deadline` is what gRPC hands out:
// time_point::max() when there is none; the call then gets `fallback`.
std::chrono::steady_clock::time_point WorkDeadline(std::chrono::system_clock::time_point caller_deadline,
                                                   std::chrono::system_clock::time_point wall_now,
                                                   std::chrono::steady_clock::time_point arrival,
                                                   std::chrono::milliseconds fallback);

}  // namespace openrouter_images::rpc
