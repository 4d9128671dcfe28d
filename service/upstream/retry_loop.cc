#include "service/upstream/retry_loop.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <utility>

#include "service/errors/redact.h"
#include "service/retry/backoff.h"
#include "service/retry/call_retries.h"
#include "service/retry/retry_policy.h"
#include "service/upstream/request/request_headers.h"

namespace openrouter::images::upstream {

namespace asio = boost::asio;

RetryLoop::RetryLoop(http::Client& client, const CallContext& call, const RetryLoopResources& resources,
                     Subject subject)
    : client_(client), call_(call), resources_(resources), subject_(std::move(subject)) {
  subject_.request.deadline = call.deadline;
}

asio::awaitable<std::optional<FailedCall>> RetryLoop::Run(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply) {
  const auto billing =
      subject_.operation == errors::Operation::kGenerate ? retry::Billing::kPaid : retry::Billing::kFree;
  retry::CallRetries retries(retry::RetryPolicy(subject_.retry, billing),
                             retry::Backoff(subject_.retry, resources_.random), resources_.budget,
                             call_.arrival, call_.deadline - subject_.minimum_time);
  v1::BillingOutcome earlier_billing = v1::BILLING_OUTCOME_NOT_SENT;
  bool key_renewed = false;
  for (;;) {
    std::optional<errors::Failure> failure = co_await RunOne(begin_reply);
    if (!failure) {
      retries.AfterSuccess();
      co_return std::nullopt;
    }
    const v1::BillingOutcome own_billing = failure->error.billing_outcome();
    errors::RaiseBillingOutcome(earlier_billing, *failure);
    // The costliest outcome so far.
    earlier_billing = failure->error.billing_outcome();
    if (!key_renewed && failure->row->condition == errors::Condition::kHttp401ServiceKey &&
        resources_.service_key.Refresh(key_)) {
      key_renewed = true;
      continue;
    }
    const auto decision = retries.AfterFailure({.retryability = failure->retryability,
                                                .dispatched = attempt_dispatched_,
                                                .http_status = report_.http_status(),
                                                .retry_after = failure->retry_after},
                                               resources_.clock.Now());
    if (cancelled_ || decision.action == retry::CallRetries::Decision::Action::kGiveUp) {
      co_return FailedCall{*std::move(failure), report(), decision.suggested_delay};
    }
    if (own_billing == v1::BILLING_OUTCOME_UNKNOWN) {
      report_.set_possibly_billed_attempts(report_.possibly_billed_attempts() + 1);
    }
    const auto before = resources_.clock.Now();
    co_await resources_.clock.Sleep(decision.wait);
    waited_ += resources_.clock.Now() - before;
  }
}

asio::awaitable<std::optional<errors::Failure>> RetryLoop::RunOne(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply) {
  attempt_dispatched_ = false;
  report_.set_http_status(0);
  if (call_.deadline - resources_.clock.Now() < subject_.minimum_time) {
    co_return errors::FromCondition(subject_.operation, errors::Condition::kDeadlineBeforeDispatch, "");
  }
  key_ = key_owner() == errors::KeyOwner::kCaller ? call_.options.api_key() : resources_.service_key.Get();
  if (key_.empty() && subject_.operation == errors::Operation::kGenerate) {
    co_return errors::FromCondition(subject_.operation, errors::Condition::kNoApiKey, "");
  }
  subject_.request.headers = RequestHeaders(call_.options, key_, subject_.accept);
  if (subject_.request.method == http::Method::kPost) {
    subject_.request.headers.emplace_back("Content-Type: application/json");
  }

  ReplyReceiver& reply = begin_reply(
      {.operation = subject_.operation,
       .key_owner = key_owner(),
       .on_dispatch = subject_.operation == errors::Operation::kGenerate ? call_.on_dispatch : nullptr,
       .now = resources_.clock.WallNow()});
  const http::TransferResult result = co_await client_.Send(subject_.request, reply);
  attempt_dispatched_ = result.dispatched;
  cancelled_ = result.fault == http::Fault::kCancelled;
  report_.set_attempts(report_.attempts() + result.dispatches);
  reply.Report(report_);
  if (result.timings.first_byte.count() > 0) {
    *report_.mutable_time_to_first_byte() = base::ToDuration(result.timings.first_byte);
  } else {
    report_.clear_time_to_first_byte();
  }
  std::optional<errors::Failure> failure = reply.Conclude(result);
  // Upstreams have been seen to quote the key that they refuse.
  if (failure) errors::Redact(key_, *failure);
  co_return failure;
}

v1::CallReport RetryLoop::report() const {
  v1::CallReport report = report_;
  *report.mutable_total_time() = base::ToDuration(resources_.clock.Now() - call_.arrival);
  if (waited_.count() > 0) *report.mutable_retry_wait_time() = base::ToDuration(waited_);
  return report;
}

errors::KeyOwner RetryLoop::key_owner() const {
  return call_.options.has_api_key() ? errors::KeyOwner::kCaller : errors::KeyOwner::kService;
}

}  // namespace openrouter::images::upstream
