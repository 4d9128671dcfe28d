#pragma once

#include <chrono>
#include <optional>

#include "service/retry/backoff.h"
#include "service/retry/retry_budget.h"
#include "service/retry/retry_policy.h"

namespace openrouter::images::retry {

// The retries of one call, from its beginning to its end. Not thread-safe: a call's attempts follow one
// another.
//
//   CallRetries retries(RetryPolicy(options, Billing::kPaid), Backoff(options, uniform), budget, now,
//   deadline); for (;;) {
//     outcome = attempt();
//     if (outcome.ok()) return retries.AfterSuccess();
//     const auto decision = retries.AfterFailure(outcome.failure(), clock.now());
//     if (decision.verdict == CallRetries::Verdict::kGiveUp) return outcome;
//     wait(decision.wait);
//   }
class CallRetries {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Verdict { kRetry, kGiveUp };

  // Why the call ends. The first three speak of the failure, the others of what ran out.
  enum class Why {
    // Given with kRetry.
    kNone,
    // Repeating cannot help.
    kPermanent,
    // The options leave this failure out.
    kExcluded,
    // It may have been billed, and retry_unknown_outcome is not set.
    kOptInMissing,
    kAttemptsExhausted,
    // The next attempt would start later than max_elapsed_time allows.
    kElapsedTime,
    // The wait would reach the deadline.
    kDeadline,
    // Too many calls fail at present.
    kBudget,
  };

  struct Decision {
    Verdict verdict = Verdict::kGiveUp;
    // From `now` to the start of the next attempt; zero with kGiveUp.
    std::chrono::milliseconds wait{0};
    Why why = Why::kNone;
    // With kGiveUp: how long the caller should wait before it asks again. Set when that costs nothing and may
    // help.
    std::optional<std::chrono::milliseconds> suggested_delay;
  };

  // `start` is when the call began. No attempt is allowed at `deadline` or later (TimePoint::max(): none);
  // where an attempt needs some time to be worth it, that is to be taken off beforehand. `budget` outlives
  // the object.
  CallRetries(RetryPolicy policy, Backoff backoff, RetryBudget& budget, TimePoint start, TimePoint deadline);

  // To be called once for each failed attempt. Takes from the budget when the policy finds the failure
  // retryable, whether or not it is retried in the end.
  Decision AfterFailure(const AttemptFailure& failure, TimePoint now);

  // To be called once when the call has succeeded.
  void AfterSuccess();

 private:
  RetryPolicy policy_;
  Backoff backoff_;
  RetryBudget& budget_;
  TimePoint start_;
  TimePoint deadline_;
  int failed_attempts_ = 0;
  bool repeated_once_ = false;
};

}  // namespace openrouter::images::retry
