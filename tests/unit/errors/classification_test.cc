#include "service/errors/classification.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "service/errors/billing_outcome.h"
#include "service/errors/error_table.h"
#include "tests/unit/errors/failures.h"

namespace openrouter_images::errors {
namespace {

using http::Fault;

// A body of the upstream's own that says nothing.
ErrorBody OwnBody() {
  ErrorBody body;
  body.has_error = true;
  body.is_own = true;
  return body;
}

TEST(ConditionOfTransfer, DependsOnWhetherTheRequestWasSent) {
  struct Row {
    Fault fault;
    Condition before_dispatch;
    Condition after_dispatch;
  };
  const Row rows[] = {
      {Fault::kInvalidRequest, Condition::kInternal, Condition::kInternalAfterDispatch},
      {Fault::kResolve, Condition::kDns, Condition::kConnectionLost},
      {Fault::kConnect, Condition::kConnect, Condition::kConnectionLost},
      {Fault::kConnectTimeout, Condition::kConnectTimeout, Condition::kConnectionLost},
      {Fault::kTlsHandshake, Condition::kTlsHandshake, Condition::kConnectionLost},
      {Fault::kCertificate, Condition::kCertificate, Condition::kConnectionLost},
      {Fault::kCaBundle, Condition::kCaBundle, Condition::kConnectionLost},
      {Fault::kProxyFailed, Condition::kProxyFailed, Condition::kConnectionLost},
      {Fault::kProxyRefused, Condition::kProxyRefused, Condition::kConnectionLost},
      {Fault::kOutOfDescriptors, Condition::kOutOfDescriptors, Condition::kConnectionLost},
      {Fault::kSend, Condition::kLostBeforeDispatch, Condition::kConnectionLost},
      {Fault::kReset, Condition::kLostBeforeDispatch, Condition::kConnectionLost},
      {Fault::kEmptyReply, Condition::kLostBeforeDispatch, Condition::kConnectionLost},
      {Fault::kOther, Condition::kLostBeforeDispatch, Condition::kConnectionLost},
      {Fault::kTruncated, Condition::kLostBeforeDispatch, Condition::kTruncated},
      {Fault::kProtocol, Condition::kLostBeforeDispatch, Condition::kProtocol},
      {Fault::kHeaderTooLarge, Condition::kLostBeforeDispatch, Condition::kProtocol},
      {Fault::kFirstByteTimeout, Condition::kLostBeforeDispatch, Condition::kFirstByteTimeout},
      {Fault::kStallTimeout, Condition::kLostBeforeDispatch, Condition::kStalled},
      {Fault::kAttemptTimeout, Condition::kConnectTimeout, Condition::kAttemptTimeout},
      {Fault::kDeadline, Condition::kDeadlineBeforeDispatch, Condition::kDeadlineAfterDispatch},
      {Fault::kCancelled, Condition::kCancelledBeforeDispatch, Condition::kCancelledAfterDispatch},
      {Fault::kRedispatch, Condition::kLostBeforeDispatch, Condition::kRedispatch},
      {Fault::kCallbackThrew, Condition::kInternal, Condition::kInternalAfterDispatch},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(http::FaultName(row.fault));
    http::TransferResult result;
    result.fault = row.fault;
    result.dispatched = false;
    EXPECT_EQ(ConditionOfTransfer(result), row.before_dispatch);
    result.dispatched = true;
    EXPECT_EQ(ConditionOfTransfer(result), row.after_dispatch);
  }
}

TEST(WithoutDispatch, IsAlwaysFree) {
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    const Condition unsent = WithoutDispatch(row.condition);
    EXPECT_TRUE(IsFree(RowOf(unsent, Operation::kGenerate).billing)) << row.what;
    if (IsFree(row.billing)) {
      EXPECT_EQ(unsent, row.condition);
    }
  }
}

// To give a status a reason of its own takes a Condition and a row: nothing on the way names the status
// again.
TEST(ConditionOfStatus, IsTheFirstRowWithThatStatus) {
  int with_a_row = 0;
  for (int status = 400; status < 600; ++status) {
    const ErrorRow& row = RowOf(ConditionOfStatus(status), Operation::kGenerate);
    const auto rows = ErrorTable(Operation::kGenerate);
    const auto first = std::ranges::find(rows, std::to_string(status), &ErrorRow::status);
    if (first == rows.end()) {
      EXPECT_EQ(row.condition, status < 500 ? Condition::kHttpOther4xx : Condition::kHttpOther5xx) << status;
      continue;
    }
    ++with_a_row;
    EXPECT_EQ(row.condition, first->condition) << status;
  }
  EXPECT_GE(with_a_row, 15);
}

// A status, or an error in a reply, answers a request that went out.
TEST(ConditionOfReply, IsNeverThatOfARequestThatWasNotSent) {
  const auto is_not_sent = [](Condition condition) {
    return RowOf(condition, Operation::kGenerate).billing == v1::BILLING_OUTCOME_NOT_SENT;
  };
  for (int status = 0; status < 1000; ++status) {
    for (ErrorBody body : {OwnBody(), ErrorBody()}) {
      body.status = status;
      EXPECT_FALSE(is_not_sent(ConditionOfStatus(status))) << status;
      EXPECT_FALSE(is_not_sent(ConditionOfReply(KeyOwner::kService, status, body))) << status;
      EXPECT_FALSE(is_not_sent(ConditionInSuccess(KeyOwner::kService, body))) << status;
    }
  }
}

TEST(ConditionOfReply, IsTheUpstreamsWordOnlyInItsOwnWords) {
  const ErrorBody own = OwnBody();
  for (int status = 100; status < 700; ++status) {
    const Condition plain = ConditionOfStatus(status);
    EXPECT_EQ(ConditionOfReply(KeyOwner::kService, status, own), plain) << status;
    Condition foreign = plain;
    if (status == 404) foreign = Condition::kUnknownPath;
    if (status >= 500 && status < 600 && !IsTimeout(plain)) foreign = Condition::kEdgePage;
    EXPECT_EQ(ConditionOfReply(KeyOwner::kService, status, ErrorBody()), foreign) << status;
  }
}

}  // namespace
}  // namespace openrouter_images::errors
