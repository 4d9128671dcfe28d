#include "service/rpc/call_end.h"

#include <gtest/gtest.h>

namespace openrouter::images::rpc {
namespace {

using upstream::Condition;
constexpr auto kGenerate = upstream::Operation::kGenerate;

upstream::FailedCall Failed(Condition condition) {
  upstream::FailedCall failed;
  failed.failure = upstream::FromCondition(kGenerate, condition, "");
  return failed;
}

upstream::Failure Drained(upstream::FailedCall failed) {
  NameReason(Condition::kDraining, Condition::kDrainedAfterDispatch, failed);
  return failed.failure;
}

TEST(NameReasonTest, WhatWasNotSentIsFree) {
  const upstream::Failure failure = Drained(Failed(Condition::kCancelledBeforeDispatch));
  EXPECT_EQ(failure.row->condition, Condition::kDraining);
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(failure.code, absl::StatusCode::kUnavailable);
}

// A call that waited for its second attempt.
TEST(NameReasonTest, WhatWasSentForNothingIsFree) {
  upstream::FailedCall failed = Failed(Condition::kCancelledBeforeDispatch);
  upstream::AddEarlierBilling(v1::BILLING_OUTCOME_NOT_BILLED, failed.failure);
  const upstream::Failure failure = Drained(failed);
  EXPECT_EQ(failure.row->condition, Condition::kDraining);
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(failure.error.advice().find("Nothing was sent"), std::string::npos) << failure.error.advice();
}

TEST(NameReasonTest, WhatIsUnknownStaysUnknown) {
  const upstream::Failure failure = Drained(Failed(Condition::kCancelledAfterDispatch));
  EXPECT_EQ(failure.row->condition, Condition::kDrainedAfterDispatch);
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(failure.code, absl::StatusCode::kUnknown);
}

TEST(NameReasonTest, WhatIsKnownToBePaidForIsToldWithWhatWasDelivered) {
  upstream::FailedCall failed = Failed(Condition::kCancelledAfterDispatch);
  failed.failure.error.mutable_delivered()->set_images(1);
  upstream::MarkPaid(v1::BILLING_OUTCOME_BILLED, failed.failure);
  const upstream::Failure failure = Drained(failed);
  EXPECT_EQ(failure.reason, "DRAINING");
  EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(failure.error.delivered().images(), 1);
}

TEST(NameReasonTest, WhatFailedBeforeKeepsItsReason) {
  EXPECT_EQ(Drained(Failed(Condition::kHttp429)).row->condition, Condition::kHttp429);
  EXPECT_EQ(Drained(Failed(Condition::kTruncated)).row->condition, Condition::kTruncated);
}

}  // namespace
}  // namespace openrouter::images::rpc
