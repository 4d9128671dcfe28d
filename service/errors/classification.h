#pragma once

#include "service/errors/condition.h"
#include "service/errors/error_body.h"
#include "service/errors/operation.h"
#include "service/http/transfer_result.h"

namespace openrouter_images::errors {

// Classify what happened as a Condition. Pure functions.

// A transfer that delivered no complete reply. `result.fault` is neither kNone nor kAbortedByHandler.
Condition ConditionOfTransfer(const http::TransferResult& result);

// What a condition becomes when the request was not dispatched: one that costs nothing. kLostBeforeDispatch
// where there is no nearer one; conditions that are free already stay.
Condition WithoutDispatch(Condition condition);

// A reply with an HTTP status that is not a success; a 2xx counts as an unexpected status.
// - A 5xx counts as the upstream's only in its own words, otherwise it is kEdgePage; a 404 otherwise is
//   kUnknownPath.
// - A 5xx in its own words that names 408, 504 or 524 is that timeout: some hop stopped waiting, so the work
//   may have been done and billed.
// - The words distinguish the kinds of 400, 402 and 403. A 400 that says model_not_found is kHttp404.
Condition ConditionOfReply(KeyOwner key_owner, int status, const ErrorBody& body);

// The same when only the status is known. Assumes a reply by the upstream itself, to the service's key.
Condition ConditionOfStatus(int status);

// An error inside a success: the condition of the status that it names, kErrorInSuccess when it names none.
Condition ConditionInSuccess(KeyOwner key_owner, const ErrorBody& body);

}  // namespace openrouter_images::errors
