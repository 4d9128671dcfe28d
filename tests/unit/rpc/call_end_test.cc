#include "service/rpc/call_end.h"

#include <gtest/gtest.h>

namespace openrouter_images::rpc {
namespace {

using errors::Condition;
constexpr auto kGenerate = errors::Operation::kGenerate;

upstream::FailedCall Failed(errors::Condition condition) {
  upstream::FailedCall failed;
  failed.failure = errors::FromCondition(kGenerate, condition, "");
  return failed;
}

errors::Failure Drained(upstream::FailedCall failed) {
  ExplainCancellation(errors::Condition::kDraining, errors::Condition::kDrainedAfterDispatch, failed);
  return failed.failure;
}

TEST(ExplainCancellationTest, WhatWasNotSentIsFree) {
  const errors::Failure failure = Drained(Failed(errors::Condition::kCancelledBeforeDispatch));
  EXPECT_EQ(failure.row->condition, errors::Condition::kDraining);
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(failure.code, absl::StatusCode::kUnavailable);
}

// A call that waited for its second attempt.
TEST(ExplainCancellationTest, WhatWasSentForNothingIsFree) {
  upstream::FailedCall failed = Failed(errors::Condition::kCancelledBeforeDispatch);
  errors::RaiseBillingOutcome(v1::BILLING_OUTCOME_NOT_BILLED, failed.failure);
  const errors::Failure failure = Drained(failed);
  EXPECT_EQ(failure.row->condition, errors::Condition::kDraining);
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(failure.error.advice().find("Nothing was sent"), std::string::npos) << failure.error.advice();
}

TEST(ExplainCancellationTest, WhatIsUnknownStaysUnknown) {
  const errors::Failure failure = Drained(Failed(errors::Condition::kCancelledAfterDispatch));
  EXPECT_EQ(failure.row->condition, errors::Condition::kDrainedAfterDispatch);
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(failure.code, absl::StatusCode::kUnknown);
}

TEST(ExplainCancellationTest, AKnownPaymentIsReportedWithWhatWasDelivered) {
  upstream::FailedCall failed = Failed(errors::Condition::kCancelledAfterDispatch);
  failed.failure.error.mutable_delivered()->set_images(1);
  errors::MarkBilled(v1::BILLING_OUTCOME_BILLED, failed.failure);
  const errors::Failure failure = Drained(failed);
  EXPECT_EQ(failure.reason, "DRAINING");
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(failure.error.delivered().images(), 1);
}

TEST(ExplainCancellationTest, WhatFailedBeforeKeepsItsReason) {
  EXPECT_EQ(Drained(Failed(errors::Condition::kHttp429)).row->condition, errors::Condition::kHttp429);
  EXPECT_EQ(Drained(Failed(errors::Condition::kTruncated)).row->condition, errors::Condition::kTruncated);
}

}  // namespace
}  // namespace openrouter_images::rpc
