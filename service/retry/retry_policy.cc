#include "service/retry/retry_policy.h"

#include <string>

#include "service/base/duration.h"

namespace openrouter_images::retry {
namespace {

// Statuses that mean by themselves that the answer did not come in time. retry_unknown_outcome covers them,
// so they need not be listed as well.
bool MeansLostAnswer(int http_status) {
  return http_status == 408 || http_status == 504 || http_status == 524;
}

}  // namespace

RetryPolicy::RetryPolicy(const v1::RetryOptions& options, Billing billing)
    : max_attempts_(options.strategy() == v1::RetryOptions::STRATEGY_NONE ? 1 : options.max_attempts()),
      max_elapsed_time_(base::ToMilliseconds(options.max_elapsed_time())),
      retry_connection_errors_(options.retry_connection_errors()),
      retry_unknown_outcome_(options.retry_unknown_outcome() || billing == Billing::kFree),
      billing_(billing) {
  for (const std::string& code : options.retry_codes().codes()) {
    if (code == "4XX" || code == "5XX") {
      const int first = (code[0] - '0') * 100 - kFirstStatus;
      for (int i = first; i < first + 100; ++i) listed_.set(i);
    } else {
      listed_.set(std::stoi(code) - kFirstStatus);
    }
  }
}

RetryPolicy::Eligibility RetryPolicy::Evaluate(const AttemptFailure& failure) const {
  if (failure.retryability == Retryability::kPermanent) return Eligibility::kPermanent;
  // A reply that came before the dispatch refuses the request by its head, and goes by its status.
  if (!failure.dispatched && failure.http_status == 0) {
    return retry_connection_errors_ ? Eligibility::kRetryable : Eligibility::kExcluded;
  }
  if (failure.retryability == Retryability::kUnknownOutcome) {
    if (!retry_unknown_outcome_) return Eligibility::kOptInMissing;
    if (MeansLostAnswer(failure.http_status)) return Eligibility::kRetryable;
  }
  // No reply, or a success status with a bad body: the list is about error statuses.
  if (failure.http_status < kFirstStatus) return Eligibility::kRetryable;
  return Listed(failure.http_status) ? Eligibility::kRetryable : Eligibility::kExcluded;
}

bool RetryPolicy::FreeToRepeat(const AttemptFailure& failure) const {
  switch (failure.retryability) {
    case Retryability::kPermanent:
      return false;
    case Retryability::kTransient:
    case Retryability::kOnce:
      return true;
    case Retryability::kUnknownOutcome:
      return billing_ == Billing::kFree;
  }
  return false;
}

bool RetryPolicy::Listed(int http_status) const {
  return http_status >= kFirstStatus && http_status < kEndStatus && listed_[http_status - kFirstStatus];
}

}  // namespace openrouter_images::retry
