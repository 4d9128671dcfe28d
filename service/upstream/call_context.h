#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "openrouter_images/v1/call.pb.h"
#include "openrouter_images/v1/retry.pb.h"
#include "service/errors/condition.h"
#include "service/telemetry/call_observer.h"

namespace openrouter_images::upstream {

// What the upstream side knows of one call. Used on the call's event loop only.
struct CallContext {
  // CallReport.call_id.
  std::string call_id;
  std::chrono::steady_clock::time_point arrival;
  // All work on the call ends by then.
  std::chrono::steady_clock::time_point deadline;
  // Valid, with the operator's attribution below the caller's. `retry` below takes the place of
  // options.retry.
  v1::RequestOptions options;
  // The operator's settings with the caller's on top. Every field is set.
  v1::RetryOptions retry;
  // The caller's own API key; empty: the service's is used.
  std::string caller_key;
  // Receives the call's attempts. Never null; outlives the operation.
  telemetry::CallObserver* observer = nullptr;

  // The hooks below may be empty.

  // Called once, when the request's body is encoded and the request message is no longer needed.
  std::function<void(std::size_t body_bytes)> on_encoded;
  // Awaited before each dispatch of a request that may cost money, when the connection is ready and nothing
  // of the body has left. May record that money is about to be spent, or veto: a returned condition ends the
  // call, and nothing is sent.
  std::function<boost::asio::awaitable<std::optional<errors::Condition>>(int attempt)> before_dispatch;
  // Called at each such dispatch, just before the first byte of the body leaves.
  std::function<void()> on_dispatch;
};

}  // namespace openrouter_images::upstream
