#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <exception>

#include "service/telemetry/call_record.h"
#include "service/upstream/call_context.h"

namespace openrouter::images::rpc {

// The status that ends a failed call; `record` is filled in to match. The details say how long the call took
// since `arrival`.
grpc::Status EndWithFailure(upstream::FailedCall failed, std::chrono::steady_clock::time_point arrival,
                            telemetry::CallRecord& record);

// Says why a call was cancelled: `free` or `costly`, by what is known of the money. Any other failure came
// before the cancellation and stays what it is.
void NameReason(errors::Condition free, errors::Condition costly, upstream::FailedCall& failed);

// Tells the client library not to repeat the call: for every failure after a request that may have cost money
// went out.
void ForbidRetry(grpc::CallbackServerContext& context);

// The failure for an exception that reached the top of a call: a fault of the service, or no memory.
// `committed`: a request that may cost money had gone out.
errors::Failure InternalFailure(const std::exception_ptr& error, bool committed);

}  // namespace openrouter::images::rpc
