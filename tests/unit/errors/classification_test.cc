#include "service/errors/classification.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "service/errors/error_table.h"
#include "service/errors/failure.h"

namespace openrouter_images::errors {
namespace {

using http::Fault;

// A body of the upstream's own that says nothing.
ErrorBody OwnBody() {
  ErrorBody body;
  body.well_formed = true;
  return body;
}

TEST(ConditionOfTransfer, DependsOnWhetherTheRequestWentOut) {
  struct Row {
    Fault fault;
    Condition before_dispatch;
    Condition after_dispatch;
  };
  const Row rows[] = {
      {Fault::kInvalidRequest, Condition::kInternal, Condition::kInternal},
      {Fault::kResolve, Condition::kDns, Condition::kDns},
      {Fault::kConnect, Condition::kConnect, Condition::kConnect},
      {Fault::kConnectTimeout, Condition::kConnectTimeout, Condition::kConnectTimeout},
      {Fault::kTlsHandshake, Condition::kTlsHandshake, Condition::kTlsHandshake},
      {Fault::kCertificate, Condition::kCertificate, Condition::kCertificate},
      {Fault::kSend, Condition::kConnect, Condition::kConnectionLost},
      {Fault::kReset, Condition::kConnect, Condition::kConnectionLost},
      {Fault::kEmptyReply, Condition::kConnect, Condition::kConnectionLost},
      {Fault::kOther, Condition::kConnect, Condition::kConnectionLost},
      {Fault::kTruncated, Condition::kTruncated, Condition::kTruncated},
      {Fault::kProtocol, Condition::kProtocol, Condition::kProtocol},
      {Fault::kFirstByteTimeout, Condition::kFirstByteTimeout, Condition::kFirstByteTimeout},
      {Fault::kStallTimeout, Condition::kStalled, Condition::kStalled},
      {Fault::kDeadline, Condition::kDeadlineBeforeDispatch, Condition::kDeadlineAfterDispatch},
      {Fault::kCancelled, Condition::kCancelledBeforeDispatch, Condition::kCancelledAfterDispatch},
      {Fault::kRedispatch, Condition::kRedispatch, Condition::kRedispatch},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(static_cast<int>(row.fault));
    http::TransferResult result;
    result.fault = row.fault;
    result.dispatched = false;
    EXPECT_EQ(ConditionOfTransfer(result), row.before_dispatch);
    result.dispatched = true;
    EXPECT_EQ(ConditionOfTransfer(result), row.after_dispatch);
  }
}

// To give a status a reason of its own takes a Condition and a row: nothing on the way names the status again.
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
    EXPECT_EQ(FromHttpStatus(Operation::kGenerate, KeyOwner::kService, status, OwnBody()).reason,
              first->reason)
        << status;
  }
  EXPECT_GE(with_a_row, 15);
}

TEST(ConditionOfReply, IsTheUpstreamsWordOnlyWithItsOwnBody) {
  const ErrorBody own = OwnBody();
  for (int status = 100; status < 700; ++status) {
    const Condition plain = ConditionOfStatus(status);
    EXPECT_EQ(ConditionOfReply(KeyOwner::kService, status, own), plain) << status;
    const bool passing = status == 429 || (status >= 500 && status < 600);
    EXPECT_EQ(ConditionOfReply(KeyOwner::kService, status, ErrorBody()),
              passing && !IsTimeout(plain) ? Condition::kEdgePage : plain)
        << status;
  }
}

TEST(ConditionNamedBy, IsTheErrorStatusInTheBody) {
  const auto named = [](const char* body) {
    return ConditionNamedBy(ParseErrorBody(body, "application/json"));
  };
  EXPECT_EQ(named(R"({"error":{"code":"rate_limit_exceeded","message":"m"}})"), Condition::kHttp429);
  EXPECT_EQ(named(R"({"error":{"code":502,"message":"m"}})"), Condition::kHttp502);
  EXPECT_EQ(named(R"({"error":{"code":"timeout","message":"m"}})"), Condition::kHttp504);
  EXPECT_EQ(named(R"({"error":{"code":"novel","message":"m"}})"), std::nullopt);
  EXPECT_EQ(named(R"({"error":{"code":200,"message":"m"}})"), std::nullopt);
}

}  // namespace
}  // namespace openrouter_images::errors
