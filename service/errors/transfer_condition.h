#pragma once

#include "service/http/transfer_result.h"
#include "service/upstream/error_table.h"

namespace openrouter::images::upstream {

// The row of the error table for a transfer that delivered no complete reply. `result.fault` is neither kNone
// nor kAbortedByHandler.
Condition ConditionOf(const http::TransferResult& result);

}  // namespace openrouter::images::upstream
