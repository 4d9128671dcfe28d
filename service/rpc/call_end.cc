#include "service/rpc/call_end.h"

#include <absl/status/status.h>
#include <google/protobuf/util/time_util.h>

#include <string>
#include <utility>

#include "service/rpc/wire.h"
#include "service/upstream/status_details.h"

namespace openrouter::images::rpc {

grpc::Status EndWithFailure(upstream::FailedCall failed, std::chrono::steady_clock::time_point arrival,
                            telemetry::CallRecord& record) {
  upstream::Failure& failure = failed.failure;
  failure.model = record.model;
  if (!failed.report.has_total_time()) {
    *failed.report.mutable_total_time() = google::protobuf::util::TimeUtil::NanosecondsToDuration(
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - arrival).count());
  }
  record.code = absl::StatusCodeToString(failure.code);
  record.reason = std::string(failure.reason);
  record.billing = failure.error.billing_outcome();
  record.report = failed.report;
  return ToGrpcStatus(upstream::BuildStatus(failure, failed.report, failed.retry_delay));
}

void NameReason(upstream::Condition free, upstream::Condition costly, upstream::FailedCall& failed) {
  using upstream::Condition;
  const Condition condition = failed.failure.row->condition;
  if (condition != Condition::kCancelledBeforeDispatch && condition != Condition::kCancelledAfterDispatch) {
    return;
  }
  const v1::ImagesError& error = failed.failure.error;
  const v1::BillingOutcome billing = error.billing_outcome();
  const bool is_free = billing == v1::BILLING_OUTCOME_NOT_SENT || billing == v1::BILLING_OUTCOME_NOT_BILLED;
  upstream::Failure failure =
      upstream::FromCondition(upstream::Operation::kGenerate, is_free ? free : costly, "");
  if (error.has_delivered()) *failure.error.mutable_delivered() = error.delivered();
  if (billing == v1::BILLING_OUTCOME_BILLED) {
    upstream::MarkPaid(billing, failure);
  } else {
    upstream::AddEarlierBilling(billing, failure);
  }
  failed.failure = std::move(failure);
}

void ForbidRetry(grpc::CallbackServerContext& context) {
  context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
}

upstream::Failure InternalFailure(const std::exception_ptr& error, bool committed) {
  std::string detail;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    detail = exception.what();
  } catch (...) {
    detail = "unknown exception";
  }
  using upstream::Condition;
  return upstream::FromCondition(upstream::Operation::kGenerate,
                                 committed ? Condition::kInternalAfterDispatch : Condition::kInternal,
                                 detail);
}

}  // namespace openrouter::images::rpc
