#pragma once

#include <optional>

#include "service/errors/condition.h"
#include "service/errors/error_body.h"
#include "service/errors/operation.h"
#include "service/http/transfer_result.h"

namespace openrouter_images::errors {

// Classify what happened as a Condition. Pure functions.

// A transfer that delivered no complete reply. `result.fault` is neither kNone nor kAbortedByHandler.
Condition ConditionOfTransfer(const http::TransferResult& result);

// A reply with an HTTP status that is not a success; a 2xx counts as an unexpected status.
// - 429 and 5xx count as the upstream's own only with a well-formed body, otherwise they are kEdgePage.
// - A well-formed 5xx whose body names 408, 504 or 524 is that timeout: some hop stopped waiting, so the work
//   may have been done and billed.
// - The metadata of a well-formed body distinguishes the kinds of 402 and 403; without known metadata the
//   result is kHttp402Credits or kHttp403Permission.
Condition ConditionOfReply(KeyOwner key_owner, int status, const ErrorBody& body);

// The same when only the status is known. Assumes a reply by the upstream itself, to the service's key.
Condition ConditionOfStatus(int status);

// The error status (400 to 599) that a well-formed body names inside a success: by number, or by one of the
// upstream's words such as "rate_limit_exceeded", as events of a stream do. Nothing when it names none.
std::optional<Condition> ConditionNamedBy(const ErrorBody& body);

}  // namespace openrouter_images::errors
