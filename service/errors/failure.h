#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "openrouter_images/v1/errors.pb.h"
#include "service/errors/condition.h"
#include "service/errors/error_body.h"
#include "service/errors/error_table.h"
#include "service/errors/operation.h"
#include "service/limits/violation.h"
#include "service/retry/retry_policy.h"

namespace openrouter_images::errors {

// All that is known of a failed attempt, and of a failed call. A value, made by the functions below and
// passed from where the failure was found to StatusBuilder.
//
// `message` and `error` may hold the upstream's words, which may echo a prompt: they are for the caller, not
// for logs. Logs name row->reason and row->status.
struct Failure {
  // The row of the error table. Static; never null once made.
  const ErrorRow* row = nullptr;

  // For an error inside a success, the row of the status that the error names; otherwise `row`. Static; never
  // null once made.
  const ErrorRow* cause = nullptr;

  // Those of the row, refined by what the upstream's body says.
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string_view reason;
  retry::Retryability retryability = retry::Retryability::kPermanent;

  // What the caller is sent: the row's fields and the upstream's words. `call` and `truncated` are set by
  // StatusBuilder.
  v1::ImagesError error;

  // What happened, in one line of valid UTF-8.
  std::string message;

  // Minimum delay before the next request, where the upstream gave one. See RaiseRetryAfter.
  std::optional<std::chrono::milliseconds> retry_after;

  // All violations of a refused request; empty for other failures.
  limits::Violations violations;

  // The requested model, where it is known. Valid UTF-8.
  std::string model;
};

// A failure without a reply to read. `detail` says more about it, for instance libcurl's error text; may be
// empty.
Failure FromCondition(Operation operation, Condition condition, std::string_view detail);

// A reply with an HTTP status that is not a success, classified by ConditionOfReply. ErrorKind and
// http_status are always those of `status`.
Failure FromHttpStatus(Operation operation, KeyOwner key_owner, int status, const ErrorBody& body);

// 2xx, or a stream, with an error object in it. Code, advice and responsible party are those of the status
// that the error names. One that names a timeout (408, 504, 524) has an unknown outcome. A body that is not
// well formed is kProtocol: it is not certain that the generation failed.
Failure FromErrorInSuccess(Operation operation, const ErrorBody& body);

// A request that was refused here. At least one violation.
Failure InvalidRequest(limits::Violations violations);

// Raises the billing outcome to that of an earlier attempt of the same call, in the order of
// billing_outcome.h; a lower outcome changes nothing. The advice follows. When the earlier attempt may have
// cost money, a code that clients retry becomes UNKNOWN; the retryability stays that of the last attempt.
void RaiseBillingOutcome(v1::BillingOutcome earlier, Failure& failure);

// Marks the failure as billed (BILLED) or possibly billed (UNKNOWN), whatever it was before: permanent, with
// a code that clients do not retry.
void MarkBilled(v1::BillingOutcome outcome, Failure& failure);

// Marks the failure as not sent: nothing of the request that could cost money left. Failures that are free
// already are unchanged.
void MarkNotSent(Failure& failure);

// Raises the minimum delay before the next request to `delay`. The longest of several counts.
void RaiseRetryAfter(std::chrono::milliseconds delay, Failure& failure);

}  // namespace openrouter_images::errors
