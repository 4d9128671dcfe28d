#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "openrouter_images/v1/retry.pb.h"

namespace openrouter_images::retry {

// How long to wait before the next attempt: a growing backoff with full jitter. Each wait is drawn uniformly
// between zero and an upper end, which after the n-th attempt is initial_interval * n ^ exponent, at most
// max_interval. Holds no source of randomness of its own. Not thread-safe.
class Backoff {
 public:
  // Returns random numbers in [0, 1).
  using Uniform = std::function<double()>;

  // `options` has every field set and is valid (limits::Check and CheckRules).
  Backoff(const v1::RetryOptions& options, Uniform uniform);

  // Draws the next wait. It is never shorter than `retry_after`, which may exceed max_interval.
  std::chrono::milliseconds Next(std::optional<std::chrono::milliseconds> retry_after);

  // The longest wait that the next call of Next could return. Draws nothing.
  std::chrono::milliseconds Longest(std::optional<std::chrono::milliseconds> retry_after) const;

 private:
  using Milliseconds = std::chrono::duration<double, std::milli>;

  // After the current attempt.
  Milliseconds UpperEnd() const;

  Milliseconds initial_interval_;
  Milliseconds max_interval_;
  double exponent_;
  Uniform uniform_;
  // Attempts that ended, the current one included.
  int attempts_ = 1;
};

}  // namespace openrouter_images::retry
