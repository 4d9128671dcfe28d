#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "openrouter/images/v1/errors.pb.h"
#include "service/errors/classification.h"
#include "service/errors/error_body.h"
#include "service/errors/error_table.h"
#include "service/limits/violation.h"
#include "service/retry/retry_policy.h"

namespace openrouter::images::errors {

// All that is known of a failed attempt, and in the end of a failed call: what travels from where the fault
// was found to where the status is built. A value, made by the functions below.
//
// `message` and `error` may hold the upstream's words, which may echo a prompt: they are for the caller, not
// for logs. Logs name row->reason and row->status.
struct Failure {
  // Static; never null.
  const ErrorRow* row = nullptr;

  // Of an error inside a success: the row of the status that the error names, for advice and details. Static;
  // null when it names none.
  const ErrorRow* named = nullptr;

  // The row's verdict for the operation, made finer by what the body says.
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string_view reason;
  retry::Retryability retryability = retry::Retryability::kPermanent;

  // kind, billing_outcome and advice are set, and the upstream's words; `call` and `truncated` are left to
  // BuildStatus.
  v1::ImagesError error;

  // What happened, in one line of valid UTF-8.
  std::string message;

  // How long the upstream wants to be left alone.
  std::optional<std::chrono::milliseconds> retry_after;

  // Of a refused request: everything that is wrong with it.
  limits::Violations violations;

  // The model that was asked for, where whoever reports the failure knows it. Valid UTF-8.
  std::string model;
};

// A reply with any status that is not 2xx; a 2xx counts as an unexpected status. A 5xx whose body names 408,
// 504 or 524 counts as that one, kind and http_status excepted: somebody stopped waiting, so the work may
// have been done and paid for.
Failure FromHttpStatus(Operation operation, KeyOwner key_owner, int status, const ErrorBody& body);

// A fault that needs no body to be judged. `detail` says more about it, for instance libcurl's words; may be
// empty.
Failure FromCondition(Operation operation, Condition condition, std::string_view detail);

// A success status, or a stream, with an error object in it. A body that is not well formed counts as
// kProtocol: nobody said for certain that the generation failed. One that names 408, 504 or 524 says no more
// than these statuses do: its outcome is unknown.
Failure FromErrorInSuccess(Operation operation, const ErrorBody& body);

// A request that was refused here. At least one violation.
Failure InvalidRequest(limits::Violations violations);

// For a call of several attempts: tells of the last one's failure that an earlier attempt's outcome was
// `earlier`. When that one may have cost money, so may the call: billing outcome and advice say it, and codes
// that clients repeat by habit become UNKNOWN. When it reached the upstream for free, the advice no longer
// says that nothing was sent.
void AddEarlierBilling(v1::BillingOutcome earlier, Failure& failure);

// Says of a failure that came together with a cost (BILLED), or with something that is likely to cost
// (UNKNOWN), that it did so: asking again is not free, so it is permanent, and its code none that clients
// repeat by habit.
void MarkPaid(v1::BillingOutcome outcome, Failure& failure);

// Replaces `secret`, an API key that the upstream may have echoed, by "***" in the message and in every text
// of `error`, names of fields included; also the beginning of it that a message cut short ends with. Secrets
// of less than 8 bytes are left alone: they would be found everywhere.
void Redact(std::string_view secret, Failure& failure);

}  // namespace openrouter::images::errors
