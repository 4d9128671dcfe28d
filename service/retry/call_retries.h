#pragma once

#include <chrono>
#include <optional>

#include "service/retry/backoff.h"
#include "service/retry/retry_budget.h"
#include "service/retry/retry_policy.h"

namespace openrouter_images::retry {

// Decides after each attempt of one call whether another one follows, and when. Combines the policy (which
// failures), the backoff (how long to wait), the budget (too many calls fail) and the call's time limits. One
// object per call; not thread-safe.
//
//   CallRetries retries(RetryPolicy(options, Billing::kPaid), Backoff(options, uniform), budget,
//                       clock.Now(), deadline);
//   for (;;) {
//     outcome = attempt();
//     if (outcome.ok()) {
//       retries.AfterSuccess();
//       return outcome;
//     }
//     const auto decision = retries.AfterFailure(outcome.failure(), clock.Now());
//     if (decision.action == CallRetries::Decision::Action::kGiveUp) return outcome;
//     co_await clock.Sleep(decision.wait);
//   }
class CallRetries {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Why the call ends. kPermanent, kExcluded and kOptInMissing depend on the failure, the others on the
  // limits of the call.
  enum class StopReason {
    // It does not end: Action::kRetry.
    kNone,
    // Repeating cannot help.
    kPermanent,
    // Repeating could help, but the options leave this failure out.
    kExcluded,
    // It may have been billed, and retry_unknown_outcome is not set.
    kOptInMissing,
    kAttemptsExhausted,
    // The next attempt would start later than max_elapsed_time allows.
    kElapsedTime,
    // The next attempt would start at the deadline or later.
    kDeadline,
    // At most half of the budget is left: too many calls fail.
    kBudget,
  };

  struct Decision {
    enum class Action { kRetry, kGiveUp };

    Action action = Action::kGiveUp;
    // From `now` to the start of the next attempt; zero with kGiveUp.
    std::chrono::milliseconds wait{0};
    StopReason stop_reason = StopReason::kNone;
    // With kGiveUp only: how long the caller should wait before a new call. Set when that costs nothing and
    // may help.
    std::optional<std::chrono::milliseconds> suggested_delay;
  };

  // `start` is when the call began. No attempt starts at `deadline` or later (TimePoint::max(): no deadline).
  // If an attempt needs a minimum of time, the caller subtracts it from `deadline` beforehand. `budget`
  // outlives this object.
  CallRetries(RetryPolicy policy, Backoff backoff, RetryBudget& budget, TimePoint start, TimePoint deadline);

  // Call once for each failed attempt. Takes a token from the budget when the policy finds the failure
  // retryable, whether or not it is retried in the end.
  Decision AfterFailure(const AttemptFailure& failure, TimePoint now);

  // Call once when the call has succeeded. Returns a part of a token to the budget.
  void AfterSuccess();

 private:
  RetryPolicy policy_;
  Backoff backoff_;
  RetryBudget& budget_;
  TimePoint start_;
  TimePoint deadline_;
  int failed_attempts_ = 0;
  // A failure of Retryability::kOnce has been repeated.
  bool repeated_once_ = false;
};

}  // namespace openrouter_images::retry
