#include "service/upstream/retry_loop.h"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "client/sha256.h"
#include "service/base/duration.h"
#include "service/base/exception_text.h"
#include "service/errors/billing_outcome.h"
#include "service/errors/reason.h"
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

// Runs `work`, which costs no image: the text of an exception (out of memory, for instance) goes to `error`.
template <typename Work>
void Guarded(std::string& error, Work work) {
  try {
    work();
  } catch (...) {
    error = base::ExceptionText(std::current_exception());
  }
}

// Identifies the owner of a key without holding the key; empty for the service's.
std::string OwnerOf(std::string_view caller_key) {
  return caller_key.empty() ? std::string() : client::Sha256Of(caller_key);
}

}  // namespace

// The current attempt.
struct RetryLoop::Attempt {
  int number = 0;
  std::string key{};
  // Why its dispatch was vetoed.
  std::optional<errors::Condition> veto{};
  bool dispatched = false;
  int http_status = 0;
  // Text of an unexpected exception.
  std::string internal_error{};
};

RetryLoop::RetryLoop(http::Transport& transport, const CallContext& call, const RetryLoopResources& resources,
                     RetriedRequest request)
    : transport_(transport),
      call_(call),
      resources_(resources),
      request_(std::move(request)),
      account_(call.call_id, call.arrival, resources.clock) {
  request_.http.deadline = call.deadline;
  if (call.retry.has_attempt_timeout()) {
    request_.http.timeouts.attempt = base::ToMilliseconds(call.retry.attempt_timeout());
  }
}

asio::awaitable<std::optional<FailedCall>> RetryLoop::Run(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply) {
  try {
    co_return co_await RunAttempts(begin_reply);
  } catch (...) {
    // Between two attempts: what the earlier ones cost is known.
    errors::Failure failure = InternalFailure(request_.operation, /*sent=*/false);
    if (costliest_) failure = errors::Costlier(*std::move(costliest_), std::move(failure));
    co_return FailedCall{.failure = std::move(failure),
                         .report = report(),
                         .retry_delay = std::nullopt,
                         .internal_error = base::ExceptionText(std::current_exception())};
  }
}

asio::awaitable<std::optional<FailedCall>> RetryLoop::RunAttempts(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply) {
  const std::shared_ptr<retry::RetryBudget> budget =
      resources_.budgets.Of(billing(), OwnerOf(call_.caller_key));
  retry::CallRetries retries(retry::RetryPolicy(call_.retry, billing()),
                             retry::Backoff(call_.retry, resources_.random), *budget, call_.arrival,
                             call_.deadline - request_.minimum_time);
  std::string internal_error;
  bool key_renewed = false;
  while (true) {
    Attempt attempt{.number = account_.attempts() + 1};
    std::optional<errors::Failure> failure = co_await RunOne(begin_reply, attempt);
    if (!failure) {
      retries.AfterSuccess();
      co_return std::nullopt;
    }
    const v1::BillingOutcome outcome = failure->error.billing_outcome();
    // What the caller has of this attempt cannot be taken back.
    const bool renewable =
        failure->row->condition == errors::Condition::kHttp401ServiceKey && !failure->error.has_delivered();
    const retry::AttemptFailure last{.retryability = failure->retryability,
                                     .dispatched = attempt.dispatched,
                                     .http_status = attempt.http_status,
                                     .retry_after = failure->retry_after};
    if (!attempt.internal_error.empty()) internal_error = std::move(attempt.internal_error);
    costliest_ =
        costliest_ ? errors::Costlier(*std::move(costliest_), *std::move(failure)) : std::move(failure);
    if (!key_renewed && renewable && resources_.service_key.Refresh(attempt.key)) {
      key_renewed = true;
      continue;
    }
    const auto decision = retries.AfterFailure(last, resources_.clock.Now());
    // A cancellation that came after the attempt's end interrupted nothing: without this check the wait would
    // last its full time.
    if (decision.action == retry::CallRetries::Decision::Action::kGiveUp ||
        IsCancelled(co_await asio::this_coro::cancellation_state)) {
      co_return FailedCall{.failure = *std::move(costliest_),
                           .report = report(),
                           .retry_delay = decision.suggested_delay,
                           .internal_error = std::move(internal_error)};
    }
    if (outcome == v1::BILLING_OUTCOME_UNKNOWN) account_.RepeatPossiblyBilled();
    const auto before = resources_.clock.Now();
    co_await resources_.clock.Sleep(decision.wait);
    account_.AddWait(resources_.clock.Now() - before);
  }
}

asio::awaitable<std::optional<errors::Failure>> RetryLoop::RunOne(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply, Attempt& attempt) {
  attempt.key = call_.caller_key.empty() ? resources_.service_key.Get() : call_.caller_key;
  if (const auto reason =
          ReasonNotToBegin(IsCancelled(co_await asio::this_coro::cancellation_state), attempt)) {
    co_return errors::FromCondition(request_.operation, *reason, "");
  }
  http::TransferResult result;
  std::optional<errors::Failure> failure = co_await Send(begin_reply, attempt, result);
  attempt.dispatched = result.dispatched;
  if (failure) {
    if (!result.dispatched) errors::MarkNotSent(*failure);
    if (attempt.veto) failure->retryability = retry::Retryability::kPermanent;
  }
  Guarded(attempt.internal_error, [&] { EndAttempt(result, failure); });
  co_return failure;
}

asio::awaitable<std::optional<errors::Failure>> RetryLoop::Send(
    absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply, Attempt& attempt,
    http::TransferResult& result) {
  request_.http.headers = RequestHeaders(call_.options, attempt.key, request_.accept);
  if (request_.http.method == http::Method::kPost) {
    request_.http.headers.emplace_back("Content-Type: application/json");
    request_.http.before_dispatch = [this, &attempt] { return BeforeDispatch(attempt); };
  }
  v1::Attempt& entry = account_.BeginAttempt();
  ReplyReceiver* reply = nullptr;
  try {
    call_.observer->OnAttemptBegun(attempt.number);
    reply = &begin_reply(Context(attempt));
    result = co_await transport_.Send(request_.http, *reply);
    if (result.fault == http::Fault::kCallbackThrew) attempt.internal_error = result.detail;
  } catch (...) {
    // Out of memory, for instance. What was received before it counts.
    attempt.internal_error = base::ExceptionText(std::current_exception());
    result = {};
    result.fault = http::Fault::kCallbackThrew;
    result.dispatched = attempt.dispatched;
    result.dispatches = attempt.dispatched ? 1 : 0;
  }
  if (reply == nullptr) co_return InternalFailure(request_.operation, /*sent=*/false);
  std::optional<errors::Failure> failure = Conclude(*reply, attempt, result);
  Guarded(attempt.internal_error, [&] {
    reply->Report(entry, account_.report());
    attempt.http_status = entry.http_status();
  });
  co_return failure;
}

std::optional<errors::Failure> RetryLoop::Conclude(ReplyReceiver& reply, Attempt& attempt,
                                                   const http::TransferResult& result) const {
  if (attempt.veto) return errors::FromCondition(request_.operation, *attempt.veto, "");
  try {
    return reply.Conclude(result);
  } catch (...) {
    attempt.internal_error = base::ExceptionText(std::current_exception());
    return reply.AfterException(result.dispatched);
  }
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
  context.number = attempt.number;
  context.operation = request_.operation;
  context.key_owner = key_owner();
  context.on_dispatch = [this, &attempt] {
    attempt.dispatched = true;
    if (request_.operation == errors::Operation::kGenerate && call_.on_dispatch) call_.on_dispatch();
  };
  context.on_reply_begun = [observer = call_.observer] { observer->OnFirstByte(); };
  context.now = resources_.clock.WallNow();
  context.key = attempt.key;
  return context;
}

void RetryLoop::EndAttempt(const http::TransferResult& result,
                           const std::optional<errors::Failure>& failure) {
  const v1::BillingOutcome success =
      billing() == retry::Billing::kPaid ? v1::BILLING_OUTCOME_BILLED : v1::BILLING_OUTCOME_NOT_BILLED;
  const v1::Attempt& entry = account_.EndAttempt(result, failure ? failure->error.billing_outcome() : success,
                                                 failure ? failure->reason : v1::ERROR_REASON_UNSPECIFIED);
  telemetry::AttemptRecord record;
  record.report = entry;
  if (failure) record.reason = errors::ReasonName(failure->reason);
  record.body_bytes = result.body_bytes;
  record.resolved = result.timings.resolve;
  record.connected = result.timings.connect;
  record.tls_established = result.timings.tls;
  record.first_byte = result.timings.first_byte;
  record.ended = result.timings.total;
  call_.observer->OnAttemptEnded(record);
}

bool RetryLoop::TooLate() const {
  return call_.deadline - resources_.clock.Now() < request_.minimum_time;
}

retry::Billing RetryLoop::billing() const {
  return request_.operation == errors::Operation::kGenerate ? retry::Billing::kPaid : retry::Billing::kFree;
}

errors::KeyOwner RetryLoop::key_owner() const {
  return call_.caller_key.empty() ? errors::KeyOwner::kService : errors::KeyOwner::kCaller;
}

}  // namespace openrouter_images::upstream
