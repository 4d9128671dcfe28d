#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <exception>
#include <string>

#include "service/telemetry/call_observer.h"
#include "service/upstream/call_context.h"

namespace openrouter_images::rpc {

// The status that ends a failed call, which took `elapsed` in all; `record` is filled in to match.
grpc::Status EndWithFailure(upstream::FailedCall failed, std::chrono::nanoseconds elapsed,
                            telemetry::CallRecord& record);

// Replaces a cancellation by its cause: `costly` if money may have been spent, else `free`. Other failures
// came before the cancellation and are kept.
void ExplainCancellation(errors::Condition free, errors::Condition costly, upstream::FailedCall& failed);

// Tells client libraries not to repeat the call. For every failure after a request that may have cost money
// went out.
void ForbidRetry(grpc::CallbackServerContext& context);

// The text of an exception, for the log.
std::string Describe(const std::exception_ptr& error);

}  // namespace openrouter_images::rpc
