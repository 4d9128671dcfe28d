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

// Where a failure was found: ErrorInfo.metadata["source"], in lower case and without the k.
enum class Source {
  kService,       // By this service: no reply, one that it cannot use, or a refusal of its own.
  kUpstream,      // In a reply in OpenRouter's own words.
  kIntermediary,  // In an error reply that is not, by a proxy or an edge for instance.
};

// All that is known of a failed attempt, and of a failed call. A value, made by the functions below and
// passed from where the failure was found to StatusBuilder.
//
// `message` and `error` may hold the upstream's words, which may echo a prompt: they are for the caller, not
// for logs. Logs name `reason` and row->status.
struct Failure {
  Operation operation = Operation::kGenerate;

  // The row of the error table. Static; never null once made.
  const ErrorRow* row = nullptr;

  // Those of the row.
  absl::StatusCode code = absl::StatusCode::kUnknown;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  // That of the row, refined by what the upstream's body says.
  retry::Retryability retryability = retry::Retryability::kPermanent;

  Source source = Source::kService;

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

// A failure without an error reply. `detail` says more about it, for instance libcurl's error text; may be
// empty. After the head of a reply has arrived, see AddReply.
Failure FromCondition(Operation operation, Condition condition, std::string_view detail);

// A reply with an HTTP status that is not a success, classified by ConditionOfReply. ErrorKind is always that
// of the status. With a cost in the body it is kErrorWithCost.
Failure FromHttpStatus(Operation operation, KeyOwner key_owner, const Reply& reply);

// 2xx, or a stream, with an error in it: the row of the status that the error names, repeated once at most;
// kErrorInSuccess when it names none. With a cost in the body it is kErrorWithCost. A body without an error
// is kProtocol: it is not certain that the generation failed.
Failure FromErrorInSuccess(Operation operation, KeyOwner key_owner, const ErrorBody& body);

// A request that was refused here. At least one violation.
Failure InvalidRequest(limits::Violations violations);
// A request with fields that this service does not know, one violation for each. At least one.
Failure UnknownFields(limits::Violations violations);

// Adds what is known of a reply to a failure that was found in it or after its head. Words of the upstream
// that the failure has already are kept.
void AddReply(const Reply& reply, Failure& failure);

// Adds the cost in USD, above zero: a failure that is not billed already becomes kErrorWithCost.
void AddCost(double cost_usd, Failure& failure);

// Marks the failure as not sent: nothing of the request that could cost money left. Failures that are free
// already are unchanged.
void MarkNotSent(Failure& failure);

// The failure of a call that failed with `earlier` in an attempt and with `later` in a later one: the
// costlier one, of equals the later.
Failure Costlier(Failure earlier, Failure later);

// Raises the minimum delay before the next request to `delay`. The longest of several counts.
void RaiseRetryAfter(std::chrono::milliseconds delay, Failure& failure);

}  // namespace openrouter_images::errors
