#include "service/errors/failure.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <utility>

#include "service/errors/text.h"
#include "service/retry/retry_after.h"

namespace openrouter::images::errors {
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
  // Markup is somebody's page even when it comes inside good JSON.
  if (!line.empty() && !line.starts_with('<')) text += ": " + Clip(line, kMaxWords);
  return text;
}

Failure Make(const ErrorRow& row, const Verdict& verdict, std::string message) {
  Failure failure;
  failure.row = &row;
  failure.code = verdict.code;
  failure.reason = verdict.reason;
  failure.retryability = verdict.retryability;
  failure.error.set_kind(row.kind);
  failure.error.set_responsible_party(row.responsible);
  failure.error.set_exit_class(row.exit_class);
  failure.error.set_billing_outcome(verdict.billing);
  failure.error.set_advice(std::string(verdict.advice));
  failure.message = std::move(message);
  return failure;
}

// The upstream knows best whether repeating helps, as long as nothing can have been paid for.
void ObeyAvailability(const ErrorBody& body, Retryability when_retryable, Failure& failure) {
  if (!body.well_formed) return;
  const v1::Availability& availability = body.error.availability();
  if (availability.has_retry_after() && availability.retry_after() >= 0) {
    const std::chrono::milliseconds longest = retry::kMaxRetryAfter;
    const double milliseconds = std::ceil(availability.retry_after() * 1000);
    failure.retry_after = milliseconds < static_cast<double>(longest.count())
                              ? std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds))
                              : longest;
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

// How much each outcome may have cost.
int Severity(v1::BillingOutcome outcome) {
  switch (outcome) {
    case v1::BILLING_OUTCOME_BILLED:
      return 3;
    case v1::BILLING_OUTCOME_UNKNOWN:
      return 2;
    case v1::BILLING_OUTCOME_NOT_BILLED:
      return 1;
    default:
      return 0;
  }
}

void DropCodeRepeatedByHabit(Failure& failure) {
  switch (failure.code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      failure.code = absl::StatusCode::kUnknown;
      break;
    default:
      break;
  }
}

// Whoever timed out does not know what became of the request, whatever it thinks of repeating it.
bool IsTimeout(int status) {
  return status == 408 || status == 504 || status == 524;
}

// An attempt before this one was sent, so "sent" is not true of the call; all else of the advice is.
std::string AdviceOnceSent(std::string_view advice) {
  for (const std::string_view opening : {"Nothing was sent or paid", "Nothing was sent"}) {
    if (advice.starts_with(opening)) return fmt::format("Nothing was paid{}", advice.substr(opening.size()));
  }
  return std::string(advice);
}

}  // namespace

Failure FromHttpStatus(Operation operation, KeyOwner key_owner, int status, const ErrorBody& body) {
  int meant = status;
  if (status >= 500 && status < 600 && body.well_formed && IsTimeout(StatusNamedBy(body))) {
    meant = StatusNamedBy(body);
  }
  const ErrorRow& row = RowOf(ConditionOfHttpStatus(key_owner, meant, body));
  Failure failure = Make(row, VerdictOn(row, operation), Describe(row, status, body.error.message()));
  if (row.condition == Condition::kEdgePage || meant != status) {
    ErrorBody own_words;
    own_words.well_formed = true;
    const ErrorRow& plain = RowOf(ConditionOfHttpStatus(key_owner, status, own_words));
    failure.error.set_kind(plain.kind);
    failure.error.set_exit_class(plain.exit_class);
  }
  failure.error.MergeFrom(body.error);
  failure.error.set_http_status(status);
  if (!IsTimeout(meant)) ObeyAvailability(body, Retryability::kTransient, failure);
  return failure;
}

Failure FromCondition(Operation operation, Condition condition, std::string_view detail) {
  const ErrorRow& row = RowOf(condition);
  return Make(row, VerdictOn(row, operation), Describe(row, 0, detail));
}

Failure FromErrorInSuccess(Operation operation, const ErrorBody& body) {
  if (!body.well_formed) return FromCondition(operation, Condition::kProtocol, "an error in an unknown form");
  const ErrorRow& row = RowOf(Condition::kErrorInSuccess);
  Failure failure = Make(row, VerdictOn(row, operation), Describe(row, 0, body.error.message()));
  const int status = StatusNamedBy(body);
  if (status != 0) {
    failure.named = &RowOf(ConditionOfHttpStatus(KeyOwner::kService, status, body));
    const Verdict named = VerdictOn(*failure.named, operation);
    failure.code = named.code;
    failure.error.set_exit_class(failure.named->exit_class);
    // Whose key it is, is not known here.
    failure.error.set_responsible_party(status == 401 ? v1::RESPONSIBLE_PARTY_ACCOUNT
                                                      : failure.named->responsible);
    failure.error.set_advice(status == 401 ? std::string(kKeyNeeded) : std::string(named.advice));
    if (IsTimeout(status)) {
      failure.error.set_billing_outcome(named.billing);
      failure.retryability = named.retryability;
    } else if (named.retryability == Retryability::kPermanent) {
      failure.retryability = Retryability::kPermanent;
    }
  }
  failure.error.MergeFrom(body.error);
  if (!IsTimeout(status)) ObeyAvailability(body, Retryability::kOnce, failure);
  return failure;
}

Failure InvalidRequest(limits::Violations violations) {
  const ErrorRow& row = RowOf(Condition::kInvalidRequest);
  std::string words;
  if (!violations.empty()) {
    words = violations.front().field + ": " + violations.front().description;
    if (violations.size() > 1) {
      words = fmt::format("{}, and {} more", Clip(OneLine(words), kMaxWords - 20), violations.size() - 1);
    }
  }
  Failure failure = Make(row, VerdictOn(row, Operation::kGenerate), Describe(row, 0, words));
  failure.violations = std::move(violations);
  return failure;
}

void AddEarlierBilling(v1::BillingOutcome earlier, Failure& failure) {
  if (Severity(earlier) <= Severity(failure.error.billing_outcome())) return;
  failure.error.set_billing_outcome(earlier);
  if (earlier != v1::BILLING_OUTCOME_UNKNOWN && earlier != v1::BILLING_OUTCOME_BILLED) {
    failure.error.set_advice(AdviceOnceSent(failure.error.advice()));
    return;
  }
  failure.error.set_advice(
      "One attempt of this call may have been paid for: look at the account's activity before asking "
      "again, which may pay twice.");
  DropCodeRepeatedByHabit(failure);
}

void MarkPaid(v1::BillingOutcome outcome, Failure& failure) {
  failure.error.set_billing_outcome(outcome);
  failure.error.set_advice(
      outcome == v1::BILLING_OUTCOME_BILLED
          ? "It was paid for in spite of the failure: asking again pays again."
          : "It may have been paid for in spite of the failure: look at the account's activity before asking "
            "again, which may pay twice.");
  failure.retryability = Retryability::kPermanent;
  failure.retry_after.reset();
  DropCodeRepeatedByHabit(failure);
}

}  // namespace openrouter::images::errors
