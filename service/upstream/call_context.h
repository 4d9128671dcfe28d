#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <variant>

#include "openrouter/images/v1/call.pb.h"
#include "service/errors/failure.h"

namespace openrouter::images::upstream {

// One call as the upstream side needs to know it. Lives on its loop's thread.
struct CallContext {
  std::chrono::steady_clock::time_point arrival;
  // Nothing of the call goes on after this.
  std::chrono::steady_clock::time_point deadline;
  // Checked already.
  v1::CallOptions options;
  // Called at each dispatch of a request that may cost money, just before its first byte leaves.
  std::function<void()> on_dispatch;
};

// A call that failed for good.
struct FailedCall {
  errors::Failure failure;
  v1::CallReport report;
  // How long to wait before a new call; set where waiting helps.
  std::optional<std::chrono::milliseconds> retry_delay;
};

template <typename Response>
using CallResult = std::variant<Response, FailedCall>;

}  // namespace openrouter::images::upstream
