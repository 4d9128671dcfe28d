#include "service/errors/failure.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "service/errors/billing_outcome.h"
#include "service/errors/classification.h"
#include "service/errors/text.h"
#include "service/retry/retry_after.h"

namespace openrouter_images::errors {
namespace {

using retry::Retryability;

// The upstream's words in the status message; UpstreamError has more of them.
constexpr std::size_t kMaxWords = 200;

// `what` and then `words`, if there are any.
std::string Join(std::string what, std::string_view words) {
  std::string line = OneLine(words);
  while (line.ends_with('.')) line.pop_back();
  if (!line.empty()) what += ": " + Clip(line, kMaxWords);
  return what;
}

std::string Sentence(std::string_view what) {
  std::string sentence(what);
  sentence[0] = absl::ascii_toupper(static_cast<unsigned char>(sentence[0]));
  return sentence;
}

// The fields that are the row's.
void TakeRow(Condition condition, Failure& failure) {
  const ErrorRow& row = RowOf(condition, failure.operation);
  failure.row = &row;
  failure.code = row.code;
  failure.reason = row.reason;
  failure.retryability = row.retryability;
  failure.error.set_reason(row.reason);
  failure.error.set_kind(row.kind);
  failure.error.set_responsible_party(row.responsible);
  failure.error.set_exit_class(row.exit_class);
  failure.error.set_billing_outcome(row.billing);
  failure.error.set_advice(std::string(row.advice));
}

// The row is the condition's, the kind that of the status where it has one.
Failure Make(Operation operation, Condition condition, int status, std::string message) {
  Failure failure;
  failure.operation = operation;
  TakeRow(condition, failure);
  if (status != 0) failure.error.set_kind(RowOf(ConditionOfStatus(status), operation).kind);
  failure.message = std::move(message);
  return failure;
}

// Takes over the upstream's retry_after, and its `retryable` if nothing was billed.
void ObeyAvailability(const v1::Availability& availability, Retryability when_retryable, Failure& failure) {
  if (availability.has_retry_after()) {
    if (const auto delay = retry::RetryAfterOfSeconds(availability.retry_after())) {
      RaiseRetryAfter(*delay, failure);
    }
  }
  const bool free = failure.error.billing_outcome() == v1::BILLING_OUTCOME_NOT_BILLED;
  if (!availability.has_retryable() || !free) return;
  const Retryability decided = availability.retryable() ? when_retryable : Retryability::kPermanent;
  if (decided == failure.retryability) return;
  failure.retryability = decided;
  failure.error.set_advice(
      availability.retryable()
          ? "Nothing was billed: wait, then ask again, which is free."
          : "Nothing was billed, but asking again will not help: choose another model or relax the "
            "provider settings.");
}

// A refusal that does not come from the upstream's API: neither the request nor the account is at fault for
// certain.
bool IsRefusalByAStranger(const ErrorRow& row, const ErrorBody& body) {
  if (body.is_own || body.has_error || row.billing != v1::BILLING_OUTCOME_NOT_BILLED) return false;
  return row.responsible == v1::RESPONSIBLE_PARTY_CALLER ||
         (row.responsible == v1::RESPONSIBLE_PARTY_ACCOUNT && row.condition != Condition::kHttp429);
}

Failure Refused(Condition condition, limits::Violations violations) {
  std::string words;
  if (!violations.empty()) {
    words = violations.front().field + ": " + violations.front().description;
    if (violations.size() > 1) {
      words = fmt::format("{}, and {} more", Clip(OneLine(words), kMaxWords - 20), violations.size() - 1);
    }
  }
  Failure failure = FromCondition(Operation::kGenerate, condition, words);
  failure.violations = std::move(violations);
  return failure;
}

}  // namespace

Failure FromCondition(Operation operation, Condition condition, std::string_view detail) {
  return Make(operation, condition, 0, Join(Sentence(RowOf(condition, operation).what), detail));
}

Failure FromHttpStatus(Operation operation, KeyOwner key_owner, const Reply& reply) {
  ErrorBody body = ParseErrorBody(reply);
  const Condition condition = ConditionOfReply(key_owner, reply.status, body);
  const ErrorRow& row = RowOf(condition, operation);
  Failure failure =
      Make(operation, condition, reply.status,
           Join(fmt::format("HTTP {}{} ({})", reply.status, body.is_own ? " from OpenRouter" : "", row.what),
                body.line));
  failure.source = body.is_own ? Source::kUpstream : Source::kIntermediary;
  if (IsRefusalByAStranger(row, body)) {
    failure.error.set_responsible_party(v1::RESPONSIBLE_PARTY_NETWORK);
    failure.error.set_advice(
        "Nothing was billed: this is not OpenRouter's answer; the operator has to find what is between the "
        "service and OpenRouter.");
  }
  if (!IsTimeout(condition)) {
    ObeyAvailability(body.upstream.availability(), Retryability::kTransient, failure);
  }
  if (body.cost) AddCost(*body.cost, failure);
  *failure.error.mutable_upstream() = std::move(body.upstream);
  return failure;
}

Failure FromErrorInSuccess(Operation operation, KeyOwner key_owner, const ErrorBody& body) {
  if (!body.has_error) return FromCondition(operation, Condition::kProtocol, "neither data nor an error");
  const Condition condition = ConditionInSuccess(key_owner, body);
  const ErrorRow& row = RowOf(condition, operation);
  std::string what = condition == Condition::kErrorInSuccess
                         ? Sentence(row.what)
                         : fmt::format("OpenRouter's reply reports an error ({})", row.what);
  Failure failure = Make(operation, condition, body.status, Join(std::move(what), body.line));
  failure.source = Source::kUpstream;
  if (failure.retryability == Retryability::kTransient) failure.retryability = Retryability::kOnce;
  if (!IsTimeout(condition)) ObeyAvailability(body.upstream.availability(), Retryability::kOnce, failure);
  if (body.cost) AddCost(*body.cost, failure);
  *failure.error.mutable_upstream() = body.upstream;
  if (failure.error.upstream().http_status() == 0) failure.error.mutable_upstream()->set_http_status(200);
  return failure;
}

Failure InvalidRequest(limits::Violations violations) {
  return Refused(Condition::kInvalidRequest, std::move(violations));
}

Failure UnknownFields(limits::Violations violations) {
  return Refused(Condition::kUnknownFields, std::move(violations));
}

void AddReply(const Reply& reply, Failure& failure) {
  if (failure.error.has_upstream()) {
    failure.error.mutable_upstream()->set_http_status(reply.status);
    failure.error.mutable_upstream()->set_content_type(OneLine(reply.content_type));
    return;
  }
  *failure.error.mutable_upstream() = ParseErrorBody(reply).upstream;
}

void AddCost(double cost_usd, Failure& failure) {
  failure.error.set_cost_usd(cost_usd);
  if (failure.row->billing == v1::BILLING_OUTCOME_BILLED) return;
  const v1::ErrorKind kind = failure.error.kind();
  TakeRow(Condition::kErrorWithCost, failure);
  failure.error.set_kind(kind);
}

void MarkNotSent(Failure& failure) {
  if (IsFree(failure.row->billing)) return;
  TakeRow(WithoutDispatch(failure.row->condition), failure);
  failure.message = Join(Sentence(failure.row->what), failure.message);
}

Failure Costlier(Failure earlier, Failure later) {
  const v1::BillingOutcome outcome = later.row->billing;
  return Costlier(earlier.row->billing, outcome) == outcome ? later : earlier;
}

void RaiseRetryAfter(std::chrono::milliseconds delay, Failure& failure) {
  failure.retry_after = std::max(failure.retry_after.value_or(delay), delay);
}

}  // namespace openrouter_images::errors
