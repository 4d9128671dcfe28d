// Every kind of failure that a caller can meet, as the caller sees it: one row each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "service/errors/reason.h"
#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

using grpc::StatusCode;

struct ErrorRow {
  const char* name;
  const char* fault;
  StatusCode code;
  v1::ErrorKind kind;
  const char* reason;
  v1::BillingOutcome billing;
  // HTTP requests that the upstream sees.
  int requests;
};

void PrintTo(const ErrorRow& row, std::ostream* out) {
  *out << row.fault;
}

class ErrorRowTest : public ::testing::TestWithParam<ErrorRow> {};

TEST_P(ErrorRowTest, ReachesTheCaller) {
  const ErrorRow& row = GetParam();
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest(std::string("sandbox/") + row.fault), &response);

  EXPECT_EQ(status.error_code(), row.code) << status.error_message();
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.kind(), row.kind) << v1::ErrorKind_Name(details.error.kind());
  EXPECT_EQ(details.info.reason(), row.reason);
  EXPECT_EQ(details.error.billing_outcome(), row.billing)
      << v1::BillingOutcome_Name(details.error.billing_outcome());
  EXPECT_FALSE(details.error.advice().empty());
  EXPECT_FALSE(status.error_message().empty());
  EXPECT_EQ(errors::ReasonName(details.error.reason()), row.reason);
  // The service's account agrees with the upstream's.
  EXPECT_EQ(details.error.call().requests_sent(), row.requests);
  EXPECT_EQ(stack.ledger().Snapshot().size(), static_cast<std::size_t>(row.requests));
  EXPECT_EQ(details.error.call().attempts_size(), row.requests);
  EXPECT_EQ(details.request.request_id(), details.error.call().call_id());
  const auto header = context.GetServerInitialMetadata().find("openrouter-images-call-id");
  ASSERT_NE(header, context.GetServerInitialMetadata().end());
  EXPECT_EQ(header->second, details.error.call().call_id());
  // The request went out, so the headers came before the status and nothing may repeat the call.
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
  // The key is nowhere in what the caller gets.
  EXPECT_EQ(status.error_details().find("0123456789abcdef"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, ErrorRowTest,
    ::testing::Values(
        ErrorRow{"400", "status=400", StatusCode::INVALID_ARGUMENT, v1::ERROR_KIND_BAD_REQUEST, "BAD_REQUEST",
                 v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"401", "status=401", StatusCode::INTERNAL, v1::ERROR_KIND_UNAUTHORIZED, "UPSTREAM_AUTH",
                 v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"402Credits", "status=402;limit-source=openrouter_credits", StatusCode::RESOURCE_EXHAUSTED,
                 v1::ERROR_KIND_PAYMENT_REQUIRED, "CREDITS", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"402InFlight", "status=402;limit-source=openrouter_in_flight_budget;retry-after=1",
                 StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_KIND_PAYMENT_REQUIRED, "IN_FLIGHT_BUDGET",
                 v1::BILLING_OUTCOME_NOT_BILLED, 3},
        ErrorRow{"403Moderation", "status=403;moderation=yes", StatusCode::PERMISSION_DENIED,
                 v1::ERROR_KIND_FORBIDDEN, "MODERATION", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"404", "status=404", StatusCode::NOT_FOUND, v1::ERROR_KIND_NOT_FOUND, "NOT_FOUND",
                 v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"408", "status=408", StatusCode::UNKNOWN, v1::ERROR_KIND_OTHER_HTTP_STATUS,
                 "UPSTREAM_TIMEOUT", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"413", "status=413", StatusCode::INVALID_ARGUMENT, v1::ERROR_KIND_PAYLOAD_TOO_LARGE,
                 "PAYLOAD_TOO_LARGE", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"422", "status=422", StatusCode::INVALID_ARGUMENT, v1::ERROR_KIND_OTHER_HTTP_STATUS,
                 "UNPROCESSABLE", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"429", "status=429;retry-after=1", StatusCode::RESOURCE_EXHAUSTED,
                 v1::ERROR_KIND_TOO_MANY_REQUESTS, "RATE_LIMIT", v1::BILLING_OUTCOME_NOT_BILLED, 3},
        ErrorRow{"500", "status=500", StatusCode::INTERNAL, v1::ERROR_KIND_INTERNAL_SERVER,
                 "UPSTREAM_INTERNAL", v1::BILLING_OUTCOME_NOT_BILLED, 3},
        ErrorRow{"502", "status=502", StatusCode::UNAVAILABLE, v1::ERROR_KIND_BAD_GATEWAY, "PROVIDER_FAILED",
                 v1::BILLING_OUTCOME_NOT_BILLED, 3},
        ErrorRow{"502Html", "status=502;body=html", StatusCode::UNKNOWN, v1::ERROR_KIND_BAD_GATEWAY,
                 "EDGE_PAGE", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"503", "status=503", StatusCode::UNAVAILABLE, v1::ERROR_KIND_OTHER_HTTP_STATUS,
                 "PROVIDER_UNAVAILABLE", v1::BILLING_OUTCOME_NOT_BILLED, 3},
        ErrorRow{"504", "status=504", StatusCode::UNKNOWN, v1::ERROR_KIND_OTHER_HTTP_STATUS,
                 "GATEWAY_TIMEOUT", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"524Html", "status=524;body=html", StatusCode::UNKNOWN, v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT,
                 "EDGE_TIMEOUT", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"529", "status=529", StatusCode::UNAVAILABLE, v1::ERROR_KIND_PROVIDER_OVERLOADED,
                 "PROVIDER_OVERLOADED", v1::BILLING_OUTCOME_NOT_BILLED, 3},
        ErrorRow{"418", "status=418", StatusCode::FAILED_PRECONDITION, v1::ERROR_KIND_OTHER_HTTP_STATUS,
                 "REQUEST_REFUSED", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"307", "status=307;location=http:%2F%2F127.0.0.1:1%2F", StatusCode::INTERNAL,
                 v1::ERROR_KIND_OTHER_HTTP_STATUS, "UPSTREAM_REDIRECT", v1::BILLING_OUTCOME_UNKNOWN, 1}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Transport, ErrorRowTest,
    ::testing::Values(ErrorRow{"ResetBeforeTheReply", "reset=0", StatusCode::UNKNOWN,
                               v1::ERROR_KIND_CONNECTION, "OUTCOME_UNKNOWN", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"ClosedBeforeTheReply", "fin=0", StatusCode::UNKNOWN,
                               v1::ERROR_KIND_CONNECTION, "OUTCOME_UNKNOWN", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"ResetInTheBody", "reset=2000", StatusCode::UNKNOWN, v1::ERROR_KIND_CONNECTION,
                               "OUTCOME_UNKNOWN", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"ClosedInTheBody", "fin=2000", StatusCode::UNKNOWN, v1::ERROR_KIND_CONNECTION,
                               "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Successes, ErrorRowTest,
    ::testing::Values(
        ErrorRow{"ErrorObject", "status=200;body=json;code=400", StatusCode::INVALID_ARGUMENT,
                 v1::ERROR_KIND_BAD_REQUEST, "BAD_REQUEST", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"ErrorObjectThatMayPass", "status=200;body=json;code=502", StatusCode::UNAVAILABLE,
                 v1::ERROR_KIND_BAD_GATEWAY, "PROVIDER_FAILED", v1::BILLING_OUTCOME_NOT_BILLED, 2},
        ErrorRow{"NoContent", "status=204", StatusCode::UNKNOWN, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "EMPTY_REPLY", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"EmptyBody", "status=200;body=empty", StatusCode::UNKNOWN,
                 v1::ERROR_KIND_RESPONSE_VALIDATION, "EMPTY_REPLY", v1::BILLING_OUTCOME_UNKNOWN, 1},
        // With the cost that the sandbox charges for it.
        ErrorRow{"NoImages", "images=0", StatusCode::DATA_LOSS, v1::ERROR_KIND_GENERATION_FAILED,
                 "ERROR_WITH_COST", v1::BILLING_OUTCOME_BILLED, 1},
        ErrorRow{"TooLarge", "bytes=68000000", StatusCode::DATA_LOSS, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "TOO_LARGE", v1::BILLING_OUTCOME_BILLED, 1},
        ErrorRow{"Html", "status=200;body=html", StatusCode::UNKNOWN, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "UPSTREAM_PROTOCOL", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"TruncatedJson", "json=truncated", StatusCode::UNKNOWN, v1::ERROR_KIND_CONNECTION,
                 "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1}),
    [](const auto& row) { return row.param.name; });

// An image that came whole is delivered, whatever became of the rest of its reply.
struct DeliveredRow {
  const char* name;
  const char* fault;
  // Why the rest is missing; unspecified when nothing is.
  v1::ErrorReason partial_failure;
};

void PrintTo(const DeliveredRow& row, std::ostream* out) {
  *out << row.fault;
}

class DeliveredTest : public ::testing::TestWithParam<DeliveredRow> {};

TEST_P(DeliveredTest, WhatWasPaidForIsDelivered) {
  const DeliveredRow& row = GetParam();
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest(std::string("sandbox/") + row.fault), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_GT(response.images_size(), 0);
  EXPECT_FALSE(response.images(0).data().empty());
  EXPECT_EQ(response.partial_failure().reason(), row.partial_failure)
      << v1::ErrorReason_Name(response.partial_failure().reason());
  EXPECT_EQ(response.call().requests_sent(), 1);
  EXPECT_EQ(response.call().attempts(0).billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, DeliveredTest,
    ::testing::Values(DeliveredRow{"LengthTooLarge", "length=+10", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"LengthTooSmall", "length=-10", v1::ERROR_REASON_TRUNCATED},
                      DeliveredRow{"ChunksWithoutEnd", "chunked=unterminated", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"BadChunkSize", "chunked=bad-size", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"DeepJson", "json=deep", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"InvalidUtf8", "json=invalid-utf8", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"BadBase64", "base64=bad-char", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"NotAnImage", "image=garbage", v1::ERROR_REASON_UNSPECIFIED},
                      DeliveredRow{"TooManyImages", "images=11", v1::ERROR_REASON_UNSPECIFIED}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorTest, ModerationEchoesThePromptToTheCallerOnly) {
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest("sandbox/status=403;moderation=yes"), &response);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.upstream().metadata().fields().at("flagged_input").string_value(),
            "a secret garden");
  EXPECT_THAT(stack.StopAndReadLog(), ::testing::Not(::testing::HasSubstr("secret garden")));
}

// An upstream that quotes the key must not make the service hand it out.
TEST(ErrorTest, AKeyThatTheUpstreamQuotesIsMasked) {
  Stack stack;
  ASSERT_TRUE(stack.sandbox().Script(std::string("status=400;message=bad key ") + kKey));
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr("bad key [redacted]"));
  EXPECT_EQ(status.error_details().find(kKey), std::string::npos);
}

// Neither DNS nor a listener: nothing was sent, and the caller may ask again.
TEST(ErrorTest, NothingIsSentWithoutAConnection) {
  struct Case {
    const char* url;
    const char* reason;
  };
  for (const Case& row : {Case{"http://127.0.0.1:1/api/v1", "UPSTREAM_CONNECT"},
                          Case{"http://no-such-host.invalid/api/v1", "UPSTREAM_DNS"}}) {
    SCOPED_TRACE(row.url);
    Stack stack({.base_url = row.url});
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
    EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
    const Details details = DetailsOf(status);
    EXPECT_EQ(details.info.reason(), row.reason);
    EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
    EXPECT_EQ(details.error.call().requests_sent(), 0);
    EXPECT_EQ(details.error.call().attempts_size(), 3);
    // The service has tried three times: a client library's own retries would multiply that.
    EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
    EXPECT_EQ(context.GetServerTrailingMetadata().count("openrouter-images-call-id"), 1U);
  }
}

}  // namespace
}  // namespace openrouter_images::testing
