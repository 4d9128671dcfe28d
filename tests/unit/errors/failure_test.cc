#include "service/errors/failure.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/unit/errors/failures.h"

namespace openrouter_images::errors {
namespace {

using retry::Retryability;
using std::chrono::milliseconds;

TEST(FromCondition, IsTheRow) {
  for (const Operation operation : {Operation::kGenerate, Operation::kCatalog}) {
    for (const ErrorRow& row : ErrorTable(operation)) {
      SCOPED_TRACE(row.what);
      const Failure failure = FromCondition(operation, row.condition, "");
      ExpectIs(failure, row.condition);
      EXPECT_EQ(failure.error.kind(), row.kind);
      EXPECT_EQ(failure.error.responsible_party(), row.responsible);
      EXPECT_EQ(failure.error.advice(), row.advice);
      EXPECT_EQ(failure.source, Source::kService);
      EXPECT_FALSE(failure.error.has_upstream());
    }
  }
}

TEST(FromCondition, SaysWhatHappenedInASentence) {
  EXPECT_EQ(FromCondition(Operation::kGenerate, Condition::kTruncated, "").message,
            "The reply was cut short");
  EXPECT_EQ(FromCondition(Operation::kGenerate, Condition::kConnect, "port 443: refused.").message,
            "No connection to OpenRouter could be made: port 443: refused");
}

TEST(InvalidRequest, KeepsEveryViolationAndNamesTheFirst) {
  const Failure one = InvalidRequest({{"image.n", "must be 1 to 10"}});
  ExpectIs(one, Condition::kInvalidRequest);
  EXPECT_EQ(one.message, "The request is invalid: image.n: must be 1 to 10");

  const Failure two = InvalidRequest({{"image.prompt", std::string(900, 'x')}, {"b\xff", "y\n"}, {"c", "z"}});
  EXPECT_EQ(two.violations.size(), 3u);
  EXPECT_TRUE(two.message.ends_with("…, and 2 more")) << two.message;
}

TEST(UnknownFields, SaysThatTheServiceIsOlder) {
  const Failure failure = UnknownFields({{"image", "unknown field 99"}});
  ExpectIs(failure, Condition::kUnknownFields);
  EXPECT_EQ(failure.message,
            "This service is older than your client and does not know fields of the request: image: unknown "
            "field 99");
  EXPECT_EQ(failure.violations.size(), 1u);
}

TEST(AddReply, SaysWhatAnsweredExactlyWhenSomethingDid) {
  Failure lost = FromCondition(Operation::kGenerate, Condition::kConnectionLost, "");
  EXPECT_FALSE(lost.error.has_upstream());
  Failure unreadable = FromCondition(Operation::kGenerate, Condition::kProtocol, "");
  AddReply({.status = 200, .content_type = "text/html", .generation_id = {}, .body = "<p>Sign in</p>"},
           unreadable);
  EXPECT_EQ(unreadable.error.upstream().http_status(), 200);
  EXPECT_EQ(unreadable.error.upstream().content_type(), "text/html");
  EXPECT_EQ(unreadable.error.upstream().body_excerpt(), "Sign in");

  Failure empty = FromCondition(Operation::kGenerate, Condition::kEmptyReply, "");
  AddReply({.status = 204, .content_type = {}, .generation_id = {}, .body = {}}, empty);
  EXPECT_EQ(empty.error.upstream().http_status(), 204);
}

TEST(AddReply, KeepsTheWordsThatTheFailureHas) {
  Failure failure = FromErrorInSuccess(Operation::kGenerate, KeyOwner::kService,
                                       ParseErrorBody(JsonReply(200, R"({"error":"boom"})")));
  AddReply({.status = 202, .content_type = "text/event-stream", .generation_id = {}, .body = "data: {"},
           failure);
  EXPECT_EQ(failure.error.upstream().http_status(), 202);
  EXPECT_EQ(failure.error.upstream().content_type(), "text/event-stream");
  EXPECT_EQ(failure.error.upstream().message(), "boom");
  EXPECT_EQ(failure.error.upstream().body_excerpt(), "");
}

TEST(AddCost, SaysThatItWasBilled) {
  Failure failure =
      InSuccess(R"({"error":{"message":"m","http_status":503,"availability":{"retry_after":1}}})");
  AddCost(0.04, failure);
  ExpectIs(failure, Condition::kErrorWithCost);
  EXPECT_EQ(failure.error.cost_usd(), 0.04);
  EXPECT_EQ(failure.error.upstream().message(), "m");
  EXPECT_TRUE(failure.message.ends_with(": m")) << failure.message;
  EXPECT_EQ(failure.error.kind(), v1::ERROR_KIND_OTHER_HTTP_STATUS);
}

TEST(AddCost, KeepsTheReasonOfWhatIsBilledAnyway) {
  Failure failure = FromCondition(Operation::kGenerate, Condition::kTooLarge, "");
  AddCost(0.04, failure);
  ExpectIs(failure, Condition::kTooLarge);
  EXPECT_EQ(failure.error.cost_usd(), 0.04);
}

TEST(AddCost, IsDoneForACostInTheBody) {
  const std::string body = R"({"error":{"code":502,"message":"m"},"usage":{"cost":0.5}})";
  for (const Failure& failure : {Http(502, body), InSuccess(body)}) {
    ExpectIs(failure, Condition::kErrorWithCost);
    EXPECT_EQ(failure.error.cost_usd(), 0.5);
    EXPECT_EQ(failure.error.kind(), v1::ERROR_KIND_BAD_GATEWAY);
  }
}

TEST(MarkNotSent, MakesEveryFailureFree) {
  Failure refused = Http(429, "");
  MarkNotSent(refused);
  ExpectIs(refused, Condition::kHttp429);

  Failure redirected = Http(307, "");
  MarkNotSent(redirected);
  ExpectIs(redirected, Condition::kRedirectBeforeDispatch, Retryability::kPermanent);
  EXPECT_EQ(redirected.code, absl::StatusCode::kInternal);
  EXPECT_EQ(redirected.message,
            "A redirect came before the request was sent: HTTP 307 (a redirect, which this service does not "
            "follow)");
  EXPECT_EQ(redirected.error.upstream().http_status(), 307);

  for (const ErrorRow& row : ErrorTable(Operation::kCatalog)) {
    Failure failure = FromCondition(Operation::kCatalog, row.condition, "");
    MarkNotSent(failure);
    ExpectIs(failure, row.condition);
  }
}

TEST(Costlier, IsThatOfTheCostliestAttempt) {
  const auto condition = [](Condition earlier, Condition later) {
    return Costlier(FromCondition(Operation::kGenerate, earlier, ""),
                    FromCondition(Operation::kGenerate, later, ""))
        .row->condition;
  };
  EXPECT_EQ(condition(Condition::kConnectionLost, Condition::kHttp429), Condition::kConnectionLost);
  EXPECT_EQ(condition(Condition::kHttp429, Condition::kConnectionLost), Condition::kConnectionLost);
  EXPECT_EQ(condition(Condition::kErrorWithCost, Condition::kConnectionLost), Condition::kErrorWithCost);
  EXPECT_EQ(condition(Condition::kHttp502, Condition::kDns), Condition::kHttp502);
  EXPECT_EQ(condition(Condition::kDns, Condition::kConnect), Condition::kConnect);
  EXPECT_EQ(condition(Condition::kHttp429, Condition::kHttp502), Condition::kHttp502);
}

TEST(RaiseRetryAfter, KeepsTheLongest) {
  Failure failure = FromCondition(Operation::kGenerate, Condition::kDns, "");
  RaiseRetryAfter(milliseconds(20), failure);
  EXPECT_EQ(failure.retry_after, milliseconds(20));
  RaiseRetryAfter(milliseconds(10), failure);
  EXPECT_EQ(failure.retry_after, milliseconds(20));
  RaiseRetryAfter(milliseconds(30), failure);
  EXPECT_EQ(failure.retry_after, milliseconds(30));
}

}  // namespace
}  // namespace openrouter_images::errors
