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

// The upstream's words in the status message; ImagesError.message has more of them.
constexpr std::size_t kMaxWords = 200;

constexpr std::string_view kKeyNeeded =
    "Nothing was paid: a valid OpenRouter key is needed, then ask again, which is free.";

// "HTTP 429 from OpenRouter (rate limit): words", or what happened and words.
std::string Describe(const ErrorRow& row, int http_status, std::string_view words) {
  std::string text;
  if (http_status != 0) {
    text = fmt::format("HTTP {}{} ({})", http_status, row.domain == kUpstreamDomain ? " from OpenRouter" : "",
                       row.what);
  } else {
    text = row.what;
    text[0] = absl::ascii_toupper(text[0]);
  }
  std::string line = OneLine(words);
  while (line.ends_with('.')) line.pop_back();
  // Markup is an error page, even inside well-formed JSON.
  if (!line.empty() && !line.starts_with('<')) text += ": " + Clip(line, kMaxWords);
  return text;
}

Failure Make(const ErrorRow& row, std::string message) {
  Failure failure;
  failure.row = &row;
  failure.cause = &row;
  failure.code = row.code;
  failure.reason = row.reason;
  failure.retryability = row.retryability;
  failure.error.set_kind(row.kind);
  failure.error.set_responsible_party(row.responsible);
  failure.error.set_exit_class(row.exit_class);
  failure.error.set_billing_outcome(row.billing);
  failure.error.set_advice(std::string(row.advice));
  failure.message = std::move(message);
  return failure;
}

// Takes over the upstream's retry_after, and its `retryable` if nothing was billed.
void ObeyAvailability(const ErrorBody& body, Retryability when_retryable, Failure& failure) {
  if (!body.well_formed) return;
  const v1::Availability& availability = body.error.availability();
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
          ? "Nothing was paid: wait, then ask again, which is free."
          : "Nothing was paid, but asking again will not help: choose another model or relax the "
            "provider settings.");
}

// The advice for a call of which an earlier attempt was sent: replaces "Nothing was sent".
std::string AdviceOnceSent(std::string_view advice) {
  for (const std::string_view opening : {"Nothing was sent or paid", "Nothing was sent"}) {
    if (advice.starts_with(opening)) return fmt::format("Nothing was paid{}", advice.substr(opening.size()));
  }
  return std::string(advice);
}

// Keeps clients from retrying what may have cost money.
void AvoidRetriedCode(Failure& failure) {
  if (IsRetriedByClients(failure.code)) failure.code = absl::StatusCode::kUnknown;
}

}  // namespace

Failure FromCondition(Operation operation, Condition condition, std::string_view detail) {
  const ErrorRow& row = RowOf(condition, operation);
  return Make(row, Describe(row, 0, detail));
}

Failure FromHttpStatus(Operation operation, KeyOwner key_owner, int status, const ErrorBody& body) {
  const Condition condition = ConditionOfReply(key_owner, status, body);
  const ErrorRow& row = RowOf(condition, operation);
  Failure failure = Make(row, Describe(row, status, body.error.message()));
  const ErrorRow& plain = RowOf(ConditionOfStatus(status), operation);
  failure.error.set_kind(plain.kind);
  // The exit class is that of the status, whoever sent it.
  if (condition == Condition::kEdgePage) failure.error.set_exit_class(plain.exit_class);
  failure.error.MergeFrom(body.error);
  failure.error.set_http_status(status);
  if (!IsTimeout(condition)) ObeyAvailability(body, Retryability::kTransient, failure);
  return failure;
}

Failure FromErrorInSuccess(Operation operation, const ErrorBody& body) {
  if (!body.well_formed) return FromCondition(operation, Condition::kProtocol, "an error in an unknown form");
  Failure failure = FromCondition(operation, Condition::kErrorInSuccess, body.error.message());
  failure.error.MergeFrom(body.error);
  const std::optional<Condition> named = ConditionNamedBy(body);
  if (named) {
    const ErrorRow& cause = RowOf(*named, operation);
    failure.cause = &cause;
    failure.code = cause.code;
    failure.error.set_exit_class(cause.exit_class);
    failure.error.set_responsible_party(cause.responsible);
    failure.error.set_advice(std::string(cause.advice));
    if (*named == Condition::kHttp401ServiceKey) {
      // The owner of the key is not known here.
      failure.error.set_responsible_party(v1::RESPONSIBLE_PARTY_ACCOUNT);
      failure.error.set_advice(std::string(kKeyNeeded));
    }
    if (IsTimeout(*named)) {
      failure.error.set_billing_outcome(cause.billing);
      failure.retryability = cause.retryability;
      return failure;
    }
    if (cause.retryability == Retryability::kPermanent) failure.retryability = Retryability::kPermanent;
  }
  ObeyAvailability(body, Retryability::kOnce, failure);
  return failure;
}

Failure InvalidRequest(limits::Violations violations) {
  std::string words;
  if (!violations.empty()) {
    words = violations.front().field + ": " + violations.front().description;
    if (violations.size() > 1) {
      words = fmt::format("{}, and {} more", Clip(OneLine(words), kMaxWords - 20), violations.size() - 1);
    }
  }
  Failure failure = FromCondition(Operation::kGenerate, Condition::kInvalidRequest, words);
  failure.violations = std::move(violations);
  return failure;
}

void RaiseBillingOutcome(v1::BillingOutcome earlier, Failure& failure) {
  const v1::BillingOutcome own = failure.error.billing_outcome();
  if (Costlier(own, earlier) == own) return;
  failure.error.set_billing_outcome(earlier);
  if (IsFree(earlier)) {
    failure.error.set_advice(AdviceOnceSent(failure.error.advice()));
    return;
  }
  failure.error.set_advice(
      "One attempt of this call may have been paid for: look at the account's activity before asking "
      "again, which may pay twice.");
  AvoidRetriedCode(failure);
}

void MarkBilled(v1::BillingOutcome outcome, Failure& failure) {
  failure.error.set_billing_outcome(outcome);
  failure.error.set_advice(
      outcome == v1::BILLING_OUTCOME_BILLED
          ? "It was paid for in spite of the failure: asking again pays again."
          : "It may have been paid for in spite of the failure: look at the account's activity before asking "
            "again, which may pay twice.");
  failure.retryability = Retryability::kPermanent;
  AvoidRetriedCode(failure);
}

void MarkNotSent(Failure& failure) {
  if (IsFree(failure.error.billing_outcome())) return;
  failure.error.set_billing_outcome(v1::BILLING_OUTCOME_NOT_SENT);
  failure.error.set_advice("Nothing was sent, so asking again is free: wait a little, then ask again.");
  if (failure.retryability == Retryability::kUnknownOutcome) failure.retryability = Retryability::kTransient;
}

void RaiseRetryAfter(std::chrono::milliseconds delay, Failure& failure) {
  failure.retry_after = std::max(failure.retry_after.value_or(delay), delay);
}

}  // namespace openrouter_images::errors
