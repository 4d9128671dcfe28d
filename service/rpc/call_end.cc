#include "service/rpc/call_end.h"

#include <absl/status/status.h>

#include <string>
#include <utility>

#include "service/base/duration.h"
#include "service/errors/billing_outcome.h"
#include "service/errors/status_builder.h"
#include "service/rpc/wire.h"

namespace openrouter_images::rpc {

grpc::Status EndWithFailure(upstream::FailedCall failed, std::chrono::nanoseconds elapsed,
                            telemetry::CallRecord& record) {
  errors::Failure& failure = failed.failure;
  failure.model = record.model;
  if (!failed.report.has_total_time()) {
    *failed.report.mutable_total_time() = base::ToDuration(elapsed);
  }
  record.code = absl::StatusCodeToString(failure.code);
  record.reason = std::string(failure.reason);
  record.billing = failure.error.billing_outcome();
  record.report = failed.report;
  return ToGrpcStatus(errors::StatusBuilder(failure, failed.report, failed.retry_delay).Build());
}

void ExplainCancellation(errors::Condition free, errors::Condition costly, upstream::FailedCall& failed) {
  using errors::Condition;
  const errors::Condition condition = failed.failure.row->condition;
  if (condition != errors::Condition::kCancelledBeforeDispatch &&
      condition != errors::Condition::kCancelledAfterDispatch) {
    return;
  }
  const v1::ImagesError& error = failed.failure.error;
  const v1::BillingOutcome billing = error.billing_outcome();
  errors::Failure failure =
      errors::FromCondition(errors::Operation::kGenerate, errors::IsFree(billing) ? free : costly, "");
  if (error.has_delivered()) *failure.error.mutable_delivered() = error.delivered();
  if (billing == v1::BILLING_OUTCOME_BILLED) {
    errors::MarkBilled(billing, failure);
  } else {
    errors::RaiseBillingOutcome(billing, failure);
  }
  failed.failure = std::move(failure);
}

void ForbidRetry(grpc::CallbackServerContext& context) {
  context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
}

std::string Describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace openrouter_images::rpc
