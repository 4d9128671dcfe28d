#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <chrono>

#include "service/telemetry/call_observer.h"
#include "service/upstream/failed_call.h"

namespace openrouter_images::rpc {

// The status that ends a failed call, which took `elapsed` in all; `record` is filled in to match.
grpc::Status EndWithFailure(upstream::FailedCall failed, std::chrono::nanoseconds elapsed,
                            telemetry::CallRecord& record);

// What this service cancelled an operation for.
enum class Interruption {
  kDrain,          // It shuts down.
  kReaderStalled,  // The caller of a stream reads nothing.
};

// Replaces a cancellation by its cause, with the reason that matches the known billing outcome. Other
// failures came before the cancellation and are kept, like a cancellation for which there is no nearer
// reason.
void ExplainCancellation(Interruption cause, upstream::FailedCall& failed);

// Tells client libraries not to repeat the call: for failures after a request went out, and for those that
// the service has repeated already.
void ForbidRetry(grpc::CallbackServerContext& context);

}  // namespace openrouter_images::rpc
