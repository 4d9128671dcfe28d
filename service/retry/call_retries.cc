#include "service/retry/call_retries.h"

#include <utility>

namespace openrouter_images::retry {

CallRetries::CallRetries(RetryPolicy policy, Backoff backoff, RetryBudget& budget, TimePoint start,
                         TimePoint deadline)
    : policy_(policy), backoff_(std::move(backoff)), budget_(budget), start_(start), deadline_(deadline) {}

CallRetries::Decision CallRetries::AfterFailure(const AttemptFailure& failure, TimePoint now) {
  ++failed_attempts_;
  std::optional<std::chrono::milliseconds> suggested_delay;
  if (policy_.FreeToRepeat(failure)) suggested_delay = backoff_.Longest(failure.retry_after);
  const auto give_up = [&](StopReason stop_reason) {
    return Decision{.action = Decision::Action::kGiveUp,
                    .wait = {},
                    .stop_reason = stop_reason,
                    .suggested_delay = suggested_delay};
  };

  switch (policy_.Evaluate(failure)) {
    case RetryPolicy::Eligibility::kPermanent:
      return give_up(StopReason::kPermanent);
    case RetryPolicy::Eligibility::kExcluded:
      return give_up(StopReason::kExcluded);
    case RetryPolicy::Eligibility::kOptInMissing:
      return give_up(StopReason::kOptInMissing);
    case RetryPolicy::Eligibility::kRetryable:
      break;
  }
  budget_.TakeForFailure();

  if (failed_attempts_ >= policy_.max_attempts()) return give_up(StopReason::kAttemptsExhausted);
  const bool once = failure.retryability == Retryability::kOnce;
  if (once && repeated_once_) return give_up(StopReason::kAttemptsExhausted);

  const std::chrono::milliseconds wait = backoff_.Next(failure.retry_after);
  if (now + wait >= deadline_) return give_up(StopReason::kDeadline);
  if (now + wait > start_ + policy_.max_elapsed_time()) return give_up(StopReason::kElapsedTime);
  if (!budget_.AllowsRetry()) return give_up(StopReason::kBudget);

  repeated_once_ |= once;
  return {.action = Decision::Action::kRetry,
          .wait = wait,
          .stop_reason = StopReason::kNone,
          .suggested_delay = std::nullopt};
}

void CallRetries::AfterSuccess() {
  budget_.GiveForSuccess();
}

}  // namespace openrouter_images::retry
