#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "openrouter/images/v1/retry.pb.h"

namespace openrouter::images::retry {

// How long to wait: full jitter. Each wait is drawn evenly from zero to an upper end that grows from
// initial_interval by `exponent` a step and stops at max_interval. Draws everything from what it is given;
// not thread-safe.
class Backoff {
 public:
  // Returns numbers in [0, 1).
  using Uniform = std::function<double()>;

  // `options` has every field set and passes Validate.
  Backoff(const v1::RetryOptions& options, Uniform uniform);

  // The next wait: at least `retry_after`, also when that is longer than max_interval. Each call is one step.
  std::chrono::milliseconds Next(std::optional<std::chrono::milliseconds> retry_after);

  // Upper end of the wait that Next would draw; `retry_after` if that is longer.
  std::chrono::milliseconds Longest(std::optional<std::chrono::milliseconds> retry_after) const;

 private:
  using Milliseconds = std::chrono::duration<double, std::milli>;

  Milliseconds upper_end_;
  Milliseconds max_interval_;
  double exponent_;
  Uniform uniform_;
};

}  // namespace openrouter::images::retry
