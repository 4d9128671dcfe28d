#pragma once

#include <bitset>
#include <chrono>
#include <optional>

#include "openrouter_images/v1/retry.pb.h"

namespace openrouter_images::retry {

// Whether repeating a failed attempt can help and what it may cost, before any option is considered.
enum class Retryability {
  // The same request will fail again.
  kPermanent,
  // Not sent or not billed, and likely to pass: free to repeat.
  kTransient,
  // Free to repeat, but at most once: a success status whose body says that the generation failed.
  kOnce,
  // It may have been billed.
  kUnknownOutcome,
};

struct AttemptFailure {
  Retryability retryability = Retryability::kPermanent;
  // Whether the request may have reached the upstream: http::TransferResult::dispatched.
  bool dispatched = false;
  // The status of the reply; 0 without one.
  int http_status = 0;
  // The wait that the upstream asks for, as ParseRetryAfter reads it.
  std::optional<std::chrono::milliseconds> retry_after;
};

// Whether the operation costs money. A free one may be repeated even when its outcome is unknown.
enum class Billing { kPaid, kFree };

// Which failures are retried, in how many attempts, for how long. Immutable; safe to share between threads.
class RetryPolicy {
 public:
  // `options` has every field set and is valid (limits::Check and CheckRules): the defaults, merged with the
  // operator's and the caller's settings.
  RetryPolicy(const v1::RetryOptions& options, Billing billing);

  enum class Eligibility {
    kRetryable,
    // Repeating cannot help.
    kPermanent,
    // Repeating could help, but the options leave this failure out.
    kExcluded,
    // It may have been billed, and retry_unknown_outcome is not set.
    kOptInMissing,
  };

  // Considers this failure alone, not the number of attempts before it.
  Eligibility Evaluate(const AttemptFailure& failure) const;

  // Whether a repetition, by this service or by the caller, costs nothing and may help. Ignores the options.
  bool FreeToRepeat(const AttemptFailure& failure) const;

  // Including the first attempt; 1 with STRATEGY_NONE.
  int max_attempts() const { return max_attempts_; }
  // From the beginning of the call to the start of its last attempt.
  std::chrono::milliseconds max_elapsed_time() const { return max_elapsed_time_; }

 private:
  static constexpr int kFirstStatus = 400;
  static constexpr int kEndStatus = 600;

  bool Listed(int http_status) const;

  int max_attempts_;
  std::chrono::milliseconds max_elapsed_time_;
  bool retry_connection_errors_;
  bool retry_unknown_outcome_;
  Billing billing_;
  // By status - kFirstStatus.
  std::bitset<kEndStatus - kFirstStatus> listed_;
};

}  // namespace openrouter_images::retry
