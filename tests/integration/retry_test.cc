// Which failures the service repeats, when, and what the caller can change about it. Waits take no time here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <utility>

#include "tests/integration/stack.h"
#include "tests/support/temporary_folder.h"

namespace openrouter_images::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

StackOptions AllowingUnknownOutcomes() {
  return {.configure = [](config::v1::Config& config) {
    config.mutable_retry()->set_allow_retry_unknown_outcome(true);
  }};
}

TEST(RetryTest, WaitsAsLongAsTheUpstreamAsks) {
  struct Row {
    const char* header;
    milliseconds least;
  };
  for (const Row& row : {Row{"retry-after=2", seconds(2)}, Row{"retry-after-ms=1500", milliseconds(1500)},
                         Row{"retry-after=60;retry-after-ms=700", milliseconds(700)}}) {
    SCOPED_TRACE(row.header);
    Stack stack;
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    const std::string model = std::string("sandbox/status=429;times=1;") + row.header;
    ASSERT_TRUE(stack.stub().GenerateImages(&context, ImageRequest(model), &response).ok());
    EXPECT_EQ(response.call().requests_sent(), 2);
    EXPECT_EQ(stack.ledger().complete_posts(), 2U);
    EXPECT_EQ(stack.ledger().billed(), 1U);
    EXPECT_GE(stack.clock().slept(), row.least);
    EXPECT_LT(stack.clock().slept(), row.least + seconds(1));
    EXPECT_GE(response.call().retry_wait_time().seconds() * 1000 +
                  response.call().retry_wait_time().nanos() / 1000000,
              row.least.count());
  }
}

TEST(RetryTest, NeverWaitsPastTheDeadline) {
  Stack stack;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + seconds(30));
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest("sandbox/status=429;retry-after=3600"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(stack.clock().slept(), milliseconds(0));
  const Details details = DetailsOf(status);
  ASSERT_TRUE(details.retry.has_value());
  EXPECT_EQ(details.retry->retry_delay().seconds(), 3600);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(RetryTest, AnUnknownOutcomeIsRepeatedOnlyOnRequest) {
  Stack stack(AllowingUnknownOutcomes());
  v1::GenerateImagesRequest request = ImageRequest("sandbox/reset=0;times=1");
  request.mutable_options()->mutable_retry()->set_retry_unknown_outcome(true);
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  ASSERT_TRUE(stack.stub().GenerateImages(&context, request, &response).ok());
  EXPECT_EQ(response.call().requests_sent(), 2);
  EXPECT_EQ(response.call().possibly_billed_attempts(), 1);
  EXPECT_EQ(stack.ledger().complete_posts(), 2U);
}

// The second attempt cost nothing, but the first may have.
TEST(RetryTest, TheFailureOfACallIsThatOfItsCostliestAttempt) {
  Stack stack(AllowingUnknownOutcomes());
  ASSERT_TRUE(stack.sandbox().Script("reset=0"));
  ASSERT_TRUE(stack.sandbox().Script("status=400"));
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_options()->mutable_retry()->set_retry_unknown_outcome(true);
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, request, &response);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.reason(), v1::ERROR_REASON_OUTCOME_UNKNOWN);
  EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_FALSE(details.error.has_upstream()) << "the 400 is another attempt's";
  EXPECT_EQ(details.error.call().requests_sent(), 2);
  ASSERT_EQ(details.error.call().attempts_size(), 2);
  EXPECT_EQ(details.error.call().attempts(1).http_status(), 400);
  EXPECT_EQ(details.error.call().attempts(1).reason(), v1::ERROR_REASON_BAD_REQUEST);
}

TEST(RetryTest, AnAttemptHasATimeLimitOfItsOwn) {
  Stack stack;
  v1::GenerateImagesRequest request = ImageRequest("sandbox/delay=forever");
  request.mutable_options()->mutable_retry()->mutable_attempt_timeout()->set_nanos(300'000'000);
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << status.error_message();
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.reason(), v1::ERROR_REASON_ATTEMPT_TIMEOUT);
  EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U) << "repeating it could pay twice";
}

TEST(RetryTest, TheCallerMaySwitchItOff) {
  Stack stack;
  v1::GenerateImagesRequest request = ImageRequest("sandbox/status=503");
  request.mutable_options()->mutable_retry()->set_strategy(v1::RetryOptions::STRATEGY_NONE);
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  EXPECT_EQ(stack.stub().GenerateImages(&context, request, &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(RetryTest, TheCallerMayChooseTheCodes) {
  Stack stack;
  v1::GenerateImagesRequest request = ImageRequest("sandbox/status=503");
  request.mutable_options()->mutable_retry()->mutable_retry_codes()->add_codes("429");
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  EXPECT_EQ(stack.stub().GenerateImages(&context, request, &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(RetryTest, TheCallerMaySayNoCodes) {
  Stack stack;
  v1::GenerateImagesRequest request = ImageRequest("sandbox/status=503");
  request.mutable_options()->mutable_retry()->mutable_retry_codes();
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  EXPECT_FALSE(stack.stub().GenerateImages(&context, request, &response).ok());
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(RetryTest, TheOperatorsCeilingsHold) {
  Stack stack;
  for (const bool unknown : {true, false}) {
    v1::GenerateImagesRequest request = ImageRequest();
    v1::RetryOptions& retry = *request.mutable_options()->mutable_retry();
    unknown ? retry.set_retry_unknown_outcome(true) : retry.set_max_attempts(6);
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    EXPECT_EQ(stack.stub().GenerateImages(&context, request, &response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(stack.ledger().complete_posts(), 0U);
}

TEST(RetryTest, ACallersKeyThatIsUsedUpStopsNobodyElse) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_upstream()->set_allow_caller_api_keys(true);
    config.mutable_retry()->mutable_budget()->set_max_tokens(4);
  }});
  const auto posts = [&stack](const char* key) {
    stack.ledger().Clear();
    grpc::ClientContext context;
    if (key != nullptr) context.AddMetadata("openrouter-api-key", key);
    v1::GenerateImagesResponse response;
    stack.stub().GenerateImages(&context, ImageRequest("sandbox/status=429"), &response);
    return stack.ledger().complete_posts();
  };
  EXPECT_EQ(posts("sk-or-v1-a-first-caller"), 2U) << "its bucket is at half after two failures";
  EXPECT_EQ(posts("sk-or-v1-a-first-caller"), 1U);
  EXPECT_EQ(posts("sk-or-v1-another-caller"), 2U);
  EXPECT_EQ(posts(nullptr), 2U);
}

TEST(RetryTest, AllCallsOfOneKeyShareABudget) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_retry()->mutable_budget()->set_max_tokens(10);
  }});
  constexpr int kCalls = 50;
  for (int i = 0; i < kCalls; ++i) {
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    EXPECT_EQ(
        stack.stub().GenerateImages(&context, ImageRequest("sandbox/status=429"), &response).error_code(),
        grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  EXPECT_LE(stack.ledger().complete_posts(), kCalls * 12 / 10);
}

TEST(RetryTest, ARotatedKeyIsReadAgain) {
  const TemporaryFolder folder;
  const std::string path = folder / "key";
  const auto write_key = [&path](const char* key) { std::ofstream(path, std::ios::trunc) << key << '\n'; };
  write_key("sk-or-old");
  StackOptions options;
  options.sandbox.api_key = "sk-or-new";
  options.configure = [&path](config::v1::Config& config) {
    config.mutable_upstream()->set_api_key_file(path);
  };
  Stack stack(std::move(options));
  write_key("sk-or-new");
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.call().requests_sent(), 2);
  EXPECT_EQ(stack.ledger().billed(), 1U);
}

}  // namespace
}  // namespace openrouter_images::testing
