#include "service/rpc/call_end.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace openrouter_images::rpc {
namespace {

using errors::Condition;
using errors::Operation;

upstream::FailedCall Failed(Condition condition, Operation operation = Operation::kGenerate) {
  upstream::FailedCall failed;
  failed.failure = errors::FromCondition(operation, condition, "");
  return failed;
}

Condition Explained(Interruption cause, upstream::FailedCall failed) {
  ExplainCancellation(cause, failed);
  return failed.failure.row->condition;
}

TEST(ExplainCancellationTest, PicksTheReasonOfTheKnownOutcome) {
  struct Row {
    Condition failure;
    Condition drained;
    Condition reader_stalled;
  };
  for (const Row& row : {
           Row{Condition::kCancelledBeforeDispatch, Condition::kDraining,
               Condition::kCancelledBeforeDispatch},
           Row{Condition::kCancelledAfterDispatch, Condition::kDrainedAfterDispatch,
               Condition::kReaderStalled},
           Row{Condition::kCancelledAfterCompletion, Condition::kCancelledAfterCompletion,
               Condition::kReaderStalledAfterCompletion},
           // What failed before is kept.
           Row{Condition::kHttp429, Condition::kHttp429, Condition::kHttp429},
           Row{Condition::kTruncated, Condition::kTruncated, Condition::kTruncated},
       }) {
    const v1::BillingOutcome billing = Failed(row.failure).failure.row->billing;
    EXPECT_EQ(Explained(Interruption::kDrain, Failed(row.failure)), row.drained);
    EXPECT_EQ(Explained(Interruption::kReaderStalled, Failed(row.failure)), row.reader_stalled);
    EXPECT_EQ(Failed(row.drained).failure.row->billing, billing);
    EXPECT_EQ(Failed(row.reader_stalled).failure.row->billing, billing);
  }
}

TEST(ExplainCancellationTest, TheCatalogStaysFree) {
  upstream::FailedCall failed = Failed(Condition::kCancelledAfterDispatch, Operation::kCatalog);
  ExplainCancellation(Interruption::kDrain, failed);
  EXPECT_EQ(failed.failure.row->condition, Condition::kDrainedAfterDispatch);
  EXPECT_EQ(failed.failure.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
}

TEST(ExplainCancellationTest, KeepsWhatIsKnownBesides) {
  upstream::FailedCall failed = Failed(Condition::kCancelledAfterCompletion);
  failed.failure.error.mutable_delivered()->set_images(1);
  failed.failure.error.mutable_upstream()->set_http_status(200);
  failed.failure.error.set_cost_usd(0.04);
  ExplainCancellation(Interruption::kReaderStalled, failed);
  EXPECT_EQ(failed.failure.error.delivered().images(), 1);
  EXPECT_EQ(failed.failure.error.upstream().http_status(), 200);
  EXPECT_EQ(failed.failure.error.cost_usd(), 0.04);
}

TEST(EndWithFailureTest, TheRecordMatchesTheStatus) {
  telemetry::CallRecord record;
  record.model = "a/b";
  upstream::FailedCall failed = Failed(Condition::kErrorWithCost);
  failed.failure.error.set_cost_usd(0.5);
  const grpc::Status status = EndWithFailure(std::move(failed), std::chrono::seconds(2), record);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(record.code, "DATA_LOSS");
  EXPECT_EQ(record.reason, "ERROR_WITH_COST");
  EXPECT_EQ(record.responsible, v1::RESPONSIBLE_PARTY_UPSTREAM);
  EXPECT_EQ(record.billing, v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(record.cost_usd, 0.5);
  EXPECT_EQ(record.report.total_time().seconds(), 2);
}

TEST(EndWithFailureTest, TheRecordHasWordsOfTheUpstreamOnly) {
  for (const auto& [error_type, logged] :
       {std::pair<std::string, std::string>("model_not_found", "model_not_found"),
        {"A red panda", ""},
        {std::string(65, 'x'), ""}}) {
    telemetry::CallRecord record;
    upstream::FailedCall failed = Failed(Condition::kHttp400);
    failed.failure.error.mutable_upstream()->set_error_type(error_type);
    EndWithFailure(std::move(failed), std::chrono::seconds(2), record);
    EXPECT_EQ(record.error_type, logged);
  }
}

TEST(EndWithFailureTest, TheRecordHasFieldsOfTheContractOnly) {
  telemetry::CallRecord record;
  upstream::FailedCall failed;
  failed.failure = errors::InvalidRequest({{"image.n", "x"},
                                           {"image.input_references[2].url", "x"},
                                           {"options.headers[secret]", "x"},
                                           {"image.additional_fields.secret.more", "x"},
                                           {"model", "x"}});
  EndWithFailure(std::move(failed), std::chrono::seconds(2), record);
  EXPECT_EQ(record.fields, (std::set<std::string>{"image.additional_fields", "image.input_references",
                                                  "image.n", "model", "options.headers"}));

  limits::Violations many;
  for (int i = 0; i < 100; ++i) many.push_back({"image." + std::to_string(i), "x"});
  failed.failure = errors::UnknownFields(std::move(many));
  EndWithFailure(std::move(failed), std::chrono::seconds(2), record);
  EXPECT_EQ(record.fields.size(), 16U);
}

}  // namespace
}  // namespace openrouter_images::rpc
