#include "service/upstream/call_account.h"

#include <string>

#include "service/base/duration.h"

namespace openrouter_images::upstream {

CallAccount::CallAccount(std::string_view call_id, TimePoint arrival, const base::Clock& clock)
    : arrival_(arrival), clock_(clock) {
  report_.set_call_id(std::string(call_id));
}

v1::Attempt& CallAccount::BeginAttempt() {
  attempt_begun_ = clock_.Now();
  v1::Attempt& attempt = *report_.add_attempts();
  attempt.set_number(report_.attempts_size());
  *attempt.mutable_start_offset() = base::ToDuration(attempt_begun_ - arrival_);
  return attempt;
}

const v1::Attempt& CallAccount::EndAttempt(const http::TransferResult& result, v1::BillingOutcome billing,
                                           v1::ErrorReason reason) {
  v1::Attempt& attempt = *report_.mutable_attempts()->rbegin();
  attempt.set_sent(result.dispatched);
  attempt.set_billing_outcome(billing);
  attempt.set_reason(reason);
  if (result.timings.first_byte.count() > 0) {
    *attempt.mutable_time_to_first_byte() = base::ToDuration(result.timings.first_byte);
  }
  *attempt.mutable_total_time() = base::ToDuration(clock_.Now() - attempt_begun_);
  report_.set_requests_sent(report_.requests_sent() + result.dispatches);
  return attempt;
}

void CallAccount::RepeatPossiblyBilled() {
  report_.set_possibly_billed_attempts(report_.possibly_billed_attempts() + 1);
}

v1::CallReport CallAccount::Report() const {
  v1::CallReport report = report_;
  *report.mutable_total_time() = base::ToDuration(clock_.Now() - arrival_);
  if (waited_.count() > 0) *report.mutable_retry_wait_time() = base::ToDuration(waited_);
  return report;
}

}  // namespace openrouter_images::upstream
