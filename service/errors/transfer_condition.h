#pragma once

#include "service/errors/error_table.h"
#include "service/http/transfer_result.h"

namespace openrouter::images::errors {

// The row of the error table for a transfer that delivered no complete reply. `result.fault` is neither kNone
// nor kAbortedByHandler.
Condition ConditionOf(const http::TransferResult& result);

}  // namespace openrouter::images::errors
