#include "service/upstream/retry_loop.h"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include "service/base/duration.h"
#include "service/errors/redact.h"
#include "service/retry/backoff.h"
#include "service/retry/call_retries.h"
#include "service/retry/retry_policy.h"
#include "service/upstream/request/request_headers.h"

namespace openrouter_images::upstream {

namespace asio = boost::asio;

namespace {

bool IsCancelled(const asio::cancellation_state& state) {
  return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

// The current attempt.
struct RetryLoop::Attempt {
  int number = 0;
  std::string key{};
  // Why its dispatch was vetoed.
  std::optional<errors::Condition> veto{};
  bool dispatched = false;
};

RetryLoop::RetryLoop(http::Transport& transport, const CallContext& call, const RetryLoopResources& resources,
                     RetriedRequest request)
    : transport_(transport), call_(call), resources_(resources), request_(std::move(request)) {
  request_.http.deadline = call.deadline;
}

asio::awaitable<std::optional<FailedCall>> RetryLoop::Run(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply) {
  const auto billing =
      request_.operation == errors::Operation::kGenerate ? retry::Billing::kPaid : retry::Billing::kFree;
  retry::CallRetries retries(retry::RetryPolicy(call_.retry, billing),
                             retry::Backoff(call_.retry, resources_.random), resources_.budget, call_.arrival,
                             call_.deadline - request_.minimum_time);
  v1::BillingOutcome costliest = v1::BILLING_OUTCOME_NOT_SENT;
  bool key_renewed = false;
  for (int number = 1;; ++number) {
    Attempt attempt{.number = number};
    std::optional<errors::Failure> failure = co_await RunOne(begin_reply, attempt);
    if (!failure) {
      retries.AfterSuccess();
      co_return std::nullopt;
    }
    const v1::BillingOutcome own_billing = failure->error.billing_outcome();
    errors::RaiseBillingOutcome(costliest, *failure);
    costliest = failure->error.billing_outcome();
    if (!key_renewed && failure->row->condition == errors::Condition::kHttp401ServiceKey &&
        resources_.service_key.Refresh(attempt.key)) {
      key_renewed = true;
      continue;
    }
    const auto decision = retries.AfterFailure({.retryability = failure->retryability,
                                                .dispatched = attempt.dispatched,
                                                .http_status = report_.http_status(),
                                                .retry_after = failure->retry_after},
                                               resources_.clock.Now());
    // A cancellation that came after the attempt's end interrupted nothing: without this check the wait would
    // last its full time.
    if (decision.action == retry::CallRetries::Decision::Action::kGiveUp ||
        IsCancelled(co_await asio::this_coro::cancellation_state)) {
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
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply, Attempt& attempt) {
  report_.set_http_status(0);
  attempt.key =
      key_owner() == errors::KeyOwner::kCaller ? call_.options.api_key() : resources_.service_key.Get();
  if (const auto reason =
          ReasonNotToBegin(IsCancelled(co_await asio::this_coro::cancellation_state), attempt)) {
    co_return errors::FromCondition(request_.operation, *reason, "");
  }
  request_.http.headers = RequestHeaders(call_.options, attempt.key, request_.accept);
  if (request_.http.method == http::Method::kPost) {
    request_.http.headers.emplace_back("Content-Type: application/json");
    request_.http.before_dispatch = [this, &attempt] { return BeforeDispatch(attempt); };
  }

  call_.observer->OnAttemptBegun(attempt.number);
  http::TransferResult result;
  std::optional<errors::Failure> failure;
  try {
    ReplyReceiver& reply = begin_reply(Context(attempt));
    result = co_await transport_.Send(request_.http, reply);
    reply.Report(report_);
    failure =
        attempt.veto ? errors::FromCondition(request_.operation, *attempt.veto, "") : reply.Conclude(result);
  } catch (const std::exception&) {
    // Out of memory, for instance. The billing outcome is kept.
    result.dispatched = attempt.dispatched;
    result.dispatches = attempt.dispatched ? 1 : 0;
    failure = errors::FromCondition(
        request_.operation,
        attempt.dispatched ? errors::Condition::kInternalAfterDispatch : errors::Condition::kInternal, "");
  }
  attempt.dispatched = result.dispatched;
  Report(result);
  if (failure) {
    // Some upstreams quote the key that they refuse.
    errors::Redact(attempt.key, *failure);
    if (!result.dispatched) errors::MarkNotSent(*failure);
    if (attempt.veto) failure->retryability = retry::Retryability::kPermanent;
  }
  Observe(attempt, result, failure);
  co_return failure;
}

std::optional<errors::Condition> RetryLoop::ReasonNotToBegin(bool cancelled, const Attempt& attempt) const {
  if (cancelled) return errors::Condition::kCancelledBeforeDispatch;
  if (TooLate()) return errors::Condition::kDeadlineBeforeDispatch;
  if (attempt.key.empty() && request_.operation == errors::Operation::kGenerate) {
    return errors::Condition::kNoApiKey;
  }
  return std::nullopt;
}

asio::awaitable<bool> RetryLoop::BeforeDispatch(Attempt& attempt) {
  if (call_.before_dispatch) attempt.veto = co_await call_.before_dispatch(attempt.number);
  // Checked last, because connecting and the step above take time.
  if (!attempt.veto && TooLate()) attempt.veto = errors::Condition::kDeadlineBeforeDispatch;
  co_return !attempt.veto;
}

AttemptContext RetryLoop::Context(Attempt& attempt) const {
  AttemptContext context;
  context.operation = request_.operation;
  context.key_owner = key_owner();
  context.on_dispatch = [this, &attempt] {
    attempt.dispatched = true;
    if (request_.operation == errors::Operation::kGenerate && call_.on_dispatch) call_.on_dispatch();
  };
  context.on_reply_begun = [observer = call_.observer] { observer->OnFirstByte(); };
  context.now = resources_.clock.WallNow();
  return context;
}

void RetryLoop::Report(const http::TransferResult& result) {
  report_.set_attempts(report_.attempts() + result.dispatches);
  if (result.timings.first_byte.count() > 0) {
    *report_.mutable_time_to_first_byte() = base::ToDuration(result.timings.first_byte);
  } else {
    report_.clear_time_to_first_byte();
  }
}

void RetryLoop::Observe(const Attempt& attempt, const http::TransferResult& result,
                        const std::optional<errors::Failure>& failure) const {
  telemetry::AttemptRecord record;
  record.number = attempt.number;
  record.dispatched = result.dispatched;
  record.http_status = report_.http_status();
  if (failure) {
    record.reason = failure->reason;
    record.billing = failure->error.billing_outcome();
  }
  record.body_bytes = result.body_bytes;
  record.resolved = result.timings.resolve;
  record.connected = result.timings.connect;
  record.tls_established = result.timings.tls;
  record.first_byte = result.timings.first_byte;
  record.ended = result.timings.total;
  call_.observer->OnAttemptEnded(record);
}

v1::CallReport RetryLoop::report() const {
  v1::CallReport report = report_;
  *report.mutable_total_time() = base::ToDuration(resources_.clock.Now() - call_.arrival);
  if (waited_.count() > 0) *report.mutable_retry_wait_time() = base::ToDuration(waited_);
  return report;
}

bool RetryLoop::TooLate() const {
  return call_.deadline - resources_.clock.Now() < request_.minimum_time;
}

errors::KeyOwner RetryLoop::key_owner() const {
  return call_.options.has_api_key() ? errors::KeyOwner::kCaller : errors::KeyOwner::kService;
}

}  // namespace openrouter_images::upstream
