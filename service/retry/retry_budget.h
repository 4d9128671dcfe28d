#pragma once

#include <atomic>
#include <cstdint>

namespace openrouter_images::retry {

// Keeps retries from multiplying the load during an outage: gRPC's retry throttling (gRFC A6). A token bucket
// that calls to one upstream share; it starts full. Thread-safe, lock-free.
class RetryBudget {
 public:
  // max_tokens: 1 to 1000. token_ratio: above 0, at most 1000; kept in thousandths of a token, at least one.
  RetryBudget(int max_tokens, double token_ratio);

  // Call after a failed attempt that could be retried: takes one token, down to zero.
  void TakeForFailure();

  // Call after a success: returns token_ratio, up to max_tokens.
  void GiveForSuccess();

  // Whether more than half of the tokens are left. Ask after TakeForFailure.
  bool AllowsRetry() const;

 private:
  void Add(std::int64_t thousandths);

  const std::int64_t max_thousandths_;
  const std::int64_t thousandths_per_success_;
  std::atomic<std::int64_t> thousandths_;
};

}  // namespace openrouter_images::retry
