#pragma once

#include "service/errors/error_body.h"
#include "service/errors/error_table.h"

namespace openrouter::images::errors {

// Whose API key went with a request.
enum class KeyOwner { kService, kCaller };

// The row of the error table for a reply with `status`, which is not a success. The kinds of 402 and 403 are
// told apart by the metadata of a well-formed body; one that says nothing known is the plain kind.
Condition ConditionOfHttpStatus(KeyOwner key_owner, int status, const ErrorBody& body);

// The error status (400 to 599) that a body names inside a success: by number, or by one of the upstream's
// words such as "rate_limit_exceeded", which is how events of a stream do it. 0 when it names none.
int StatusNamedBy(const ErrorBody& body);

}  // namespace openrouter::images::errors
