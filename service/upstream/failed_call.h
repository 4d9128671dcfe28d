#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "openrouter_images/v1/call.pb.h"
#include "service/errors/failure.h"

namespace openrouter_images::upstream {

// A call that failed; it is not retried any more.
struct FailedCall {
  // That of the costliest attempt.
  errors::Failure failure;
  v1::CallReport report;
  // How long to wait before a new call; set if waiting helps.
  std::optional<std::chrono::milliseconds> retry_delay;
  // Text of an unexpected exception, for the log alone; empty without one.
  std::string internal_error;
};

template <typename Response>
using CallResult = std::variant<Response, FailedCall>;

// The failure for an unexpected exception, bad_alloc above all. `sent`: the request may have cost money.
errors::Failure InternalFailure(errors::Operation operation, bool sent);

}  // namespace openrouter_images::upstream
