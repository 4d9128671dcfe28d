#include "service/retry/call_retries.h"

#include <utility>

namespace openrouter::images::retry {

CallRetries::CallRetries(RetryPolicy policy, Backoff backoff, RetryBudget& budget, TimePoint start,
                         TimePoint deadline)
    : policy_(policy), backoff_(std::move(backoff)), budget_(budget), start_(start), deadline_(deadline) {}

CallRetries::Decision CallRetries::AfterFailure(const AttemptFailure& failure, TimePoint now) {
  ++failed_attempts_;
  std::optional<std::chrono::milliseconds> suggested_delay;
  if (policy_.FreeToRepeat(failure)) suggested_delay = backoff_.Longest(failure.retry_after);
  const auto give_up = [&](Why why) {
    return Decision{
        .action = Decision::Action::kGiveUp, .wait = {}, .why = why, .suggested_delay = suggested_delay};
  };

  switch (policy_.Judge(failure)) {
    case RetryPolicy::Judgement::kPermanent:
      return give_up(Why::kPermanent);
    case RetryPolicy::Judgement::kExcluded:
      return give_up(Why::kExcluded);
    case RetryPolicy::Judgement::kOptInMissing:
      return give_up(Why::kOptInMissing);
    case RetryPolicy::Judgement::kRetryable:
      break;
  }
  budget_.TakeForFailure();

  if (failed_attempts_ >= policy_.max_attempts()) return give_up(Why::kAttemptsExhausted);
  const bool once = failure.retryability == Retryability::kOnce;
  if (once && repeated_once_) return give_up(Why::kAttemptsExhausted);

  const std::chrono::milliseconds wait = backoff_.Next(failure.retry_after);
  if (now + wait >= deadline_) return give_up(Why::kDeadline);
  if (now + wait > start_ + policy_.max_elapsed_time()) return give_up(Why::kElapsedTime);
  if (!budget_.AllowsRetry()) return give_up(Why::kBudget);

  repeated_once_ |= once;
  return {
      .action = Decision::Action::kRetry, .wait = wait, .why = Why::kNone, .suggested_delay = std::nullopt};
}

void CallRetries::AfterSuccess() {
  budget_.GiveForSuccess();
}

}  // namespace openrouter::images::retry
