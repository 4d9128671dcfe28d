// Every kind of failure that a caller can meet, as the caller sees it: one row each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

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
  int attempts;
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
  // The service's account agrees with the upstream's.
  EXPECT_EQ(details.error.call().attempts(), row.attempts);
  EXPECT_EQ(stack.ledger().Snapshot().size(), static_cast<std::size_t>(row.attempts));
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
        ErrorRow{"401", "status=401", StatusCode::FAILED_PRECONDITION, v1::ERROR_KIND_UNAUTHORIZED,
                 "UPSTREAM_AUTH", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"402Credits", "status=402;limit-source=openrouter_credits", StatusCode::FAILED_PRECONDITION,
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
        ErrorRow{"307", "status=307;location=http:%2F%2F127.0.0.1:1%2F", StatusCode::FAILED_PRECONDITION,
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
                               "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"LengthTooLarge", "length=+10", StatusCode::UNKNOWN, v1::ERROR_KIND_CONNECTION,
                               "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"LengthTooSmall", "length=-10", StatusCode::UNKNOWN, v1::ERROR_KIND_CONNECTION,
                               "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"ChunksWithoutEnd", "chunked=unterminated", StatusCode::UNKNOWN,
                               v1::ERROR_KIND_CONNECTION, "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1},
                      ErrorRow{"BadChunkSize", "chunked=bad-size", StatusCode::UNKNOWN,
                               v1::ERROR_KIND_RESPONSE_VALIDATION, "UPSTREAM_PROTOCOL",
                               v1::BILLING_OUTCOME_UNKNOWN, 1}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Successes, ErrorRowTest,
    ::testing::Values(
        ErrorRow{"ErrorObject", "status=200;body=json;code=400", StatusCode::INVALID_ARGUMENT,
                 v1::ERROR_KIND_GENERATION_FAILED, "GENERATION_FAILED", v1::BILLING_OUTCOME_NOT_BILLED, 1},
        ErrorRow{"ErrorObjectThatMayPass", "status=200;body=json;code=502", StatusCode::UNAVAILABLE,
                 v1::ERROR_KIND_GENERATION_FAILED, "GENERATION_FAILED", v1::BILLING_OUTCOME_NOT_BILLED, 2},
        ErrorRow{"NoContent", "status=204", StatusCode::UNKNOWN, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "EMPTY_REPLY", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"EmptyBody", "status=200;body=empty", StatusCode::UNKNOWN,
                 v1::ERROR_KIND_RESPONSE_VALIDATION, "EMPTY_REPLY", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"NoImages", "images=0", StatusCode::DATA_LOSS, v1::ERROR_KIND_GENERATION_FAILED,
                 "NO_PICTURES", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"BadBase64", "base64=bad-char", StatusCode::DATA_LOSS, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "UNDECODABLE_PICTURE", v1::BILLING_OUTCOME_BILLED, 1},
        ErrorRow{"NotAnImage", "picture=garbage", StatusCode::DATA_LOSS, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "UNDECODABLE_PICTURE", v1::BILLING_OUTCOME_BILLED, 1},
        ErrorRow{"TooManyImages", "images=11", StatusCode::DATA_LOSS, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "TOO_MANY_PICTURES", v1::BILLING_OUTCOME_BILLED, 1},
        ErrorRow{"TooLarge", "bytes=68000000", StatusCode::DATA_LOSS, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "TOO_LARGE", v1::BILLING_OUTCOME_BILLED, 1},
        ErrorRow{"Html", "status=200;body=html", StatusCode::UNKNOWN, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "UPSTREAM_PROTOCOL", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"TruncatedJson", "json=truncated", StatusCode::UNKNOWN, v1::ERROR_KIND_CONNECTION,
                 "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"DeepJson", "json=deep", StatusCode::UNKNOWN, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "UPSTREAM_PROTOCOL", v1::BILLING_OUTCOME_UNKNOWN, 1},
        ErrorRow{"InvalidUtf8", "json=invalid-utf8", StatusCode::UNKNOWN, v1::ERROR_KIND_RESPONSE_VALIDATION,
                 "UPSTREAM_PROTOCOL", v1::BILLING_OUTCOME_UNKNOWN, 1}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorTest, ModerationEchoesThePromptToTheCallerOnly) {
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest("sandbox/status=403;moderation=yes"), &response);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.metadata().fields().at("flagged_input").string_value(), "a secret garden");
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
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr("bad key ***"));
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
    EXPECT_EQ(details.error.call().attempts(), 0);
    EXPECT_TRUE(details.retry.has_value());
  }
}

}  // namespace
}  // namespace openrouter_images::testing
