// GenerateImages through the whole service, against the sandbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(GenerateTest, MakesAnImage) {
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);

  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.images_size(), 1);
  EXPECT_THAT(response.images(0).data(), StartsWith("\x89PNG\r\n"));
  EXPECT_EQ(response.images(0).info().media_type(), "image/png");
  EXPECT_GT(response.created(), 0);
  EXPECT_GT(response.usage().cost(), 0);
  EXPECT_EQ(response.call().requests_sent(), 1);
  ASSERT_EQ(response.call().attempts_size(), 1);
  const v1::Attempt& attempt = response.call().attempts(0);
  EXPECT_TRUE(attempt.sent());
  EXPECT_EQ(attempt.billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(attempt.http_status(), 200);
  EXPECT_FALSE(attempt.generation_id().empty());
  EXPECT_TRUE(attempt.has_time_to_first_byte());
  EXPECT_TRUE(response.call().has_total_time());
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
  EXPECT_EQ(stack.ledger().billed(), 1U);
  EXPECT_DOUBLE_EQ(stack.ledger().cost_usd(), response.usage().cost());
}

TEST(GenerateTest, SendsWhatTheCallerSetAndNothingElse) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_upstream()->add_allowed_headers("X-Team");
  }});
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_image()->clear_resolution();
  request.mutable_image()->set_n(2);
  request.mutable_image()->set_seed(9007199254740993);
  request.mutable_image()->mutable_provider()->add_only("sandbox");
  request.mutable_image()->mutable_provider()->set_sort("price");
  (*request.mutable_image()->mutable_additional_fields()->mutable_fields())["novelty"].set_number_value(7);
  request.mutable_options()->mutable_attribution()->set_http_referer("https://example.com/app");
  request.mutable_options()->mutable_attribution()->set_title("Example");
  request.mutable_options()->mutable_attribution()->add_categories("image-gen");
  request.mutable_options()->set_session_id("session-1");
  (*request.mutable_options()->mutable_headers())["x-team"] = "garden";
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  ASSERT_TRUE(stack.stub().GenerateImages(&context, request, &response).ok());
  EXPECT_EQ(response.images_size(), 2);

  const std::vector<sandbox::LedgerEntry> entries = stack.ledger().Snapshot();
  ASSERT_EQ(entries.size(), 1U);
  ASSERT_NE(entries[0].body, nullptr);
  EXPECT_EQ(boost::json::parse(*entries[0].body), boost::json::parse(R"({
    "model": "sandbox/painter", "prompt": "a secret garden", "n": 2, "seed": 9007199254740993,
    "provider": {"only": ["sandbox"], "sort": "price"}, "novelty": 7})"));
  std::vector<std::string> headers;
  for (const auto& [name, value] : entries[0].headers) headers.push_back(name + ": " + value);
  EXPECT_THAT(headers, ::testing::IsSupersetOf(
                           {"HTTP-Referer: https://example.com/app", "X-OpenRouter-Title: Example",
                            "X-OpenRouter-Categories: image-gen", "x-session-id: session-1", "x-team: garden",
                            "Accept: application/json", "Content-Type: application/json"}));
}

TEST(GenerateTest, TheOperatorNamesTheApplicationUnlessTheCallerDoes) {
  Stack stack({.configure = [](config::v1::Config& config) {
    v1::Attribution& attribution = *config.mutable_upstream()->mutable_attribution();
    attribution.set_http_referer("https://example.com/operator");
    attribution.set_title("Operator");
  }});
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_options()->mutable_attribution()->set_title("Caller");
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  ASSERT_TRUE(stack.stub().GenerateImages(&context, request, &response).ok());
  const sandbox::LedgerEntry sent = stack.ledger().Snapshot().at(0);
  std::vector<std::string> headers;
  for (const auto& [name, value] : sent.headers) {
    headers.push_back(name + ": " + value);
  }
  EXPECT_THAT(headers, ::testing::IsSupersetOf(
                           {"HTTP-Referer: https://example.com/operator", "X-OpenRouter-Title: Caller"}));
}

TEST(GenerateTest, TheCallIsNamedInTheHeadersTheReplyAndTheLog) {
  Stack stack;
  v1::GenerateImagesRequest request = ImageRequest();
  (*request.mutable_options()->mutable_labels())["team"] = "garden";
  std::set<std::string> ids;
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    ASSERT_TRUE(stack.stub().GenerateImages(&context, request, &response).ok());
    const std::string& id = response.call().call_id();
    EXPECT_THAT(id, ::testing::MatchesRegex("[0-9a-f]{32}"));
    const auto header = context.GetServerInitialMetadata().find("openrouter-images-call-id");
    ASSERT_NE(header, context.GetServerInitialMetadata().end());
    EXPECT_EQ(header->second, id);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 2U);
  const std::string log = stack.StopAndReadLog();
  for (const std::string& id : ids) EXPECT_THAT(log, HasSubstr("\"call_id\":\"" + id + "\""));
  EXPECT_THAT(log, HasSubstr("\"labels\":{\"team\":\"garden\"}"));
}

TEST(GenerateTest, ListsEveryViolationBeforeAnythingIsSent) {
  Stack stack;
  v1::GenerateImagesRequest request;
  request.mutable_image()->set_n(11);
  request.mutable_image()->set_output_compression(101);
  request.mutable_image()->add_input_references()->set_url("ftp://example.com/a.png");
  (*request.mutable_options()->mutable_headers())["x-unknown"] = "1";
  request.mutable_options()->mutable_retry()->set_max_attempts(0);
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, request, &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.kind(), v1::ERROR_KIND_INVALID_REQUEST);
  EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
  std::vector<std::string> fields;
  for (const auto& violation : details.bad_request.field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields,
              ::testing::IsSupersetOf({"image.model", "image.prompt", "image.n", "image.output_compression",
                                       "image.input_references[0].url", "options.retry.max_attempts"}));
  EXPECT_THAT(fields, ::testing::Contains(HasSubstr("options.headers")));
  EXPECT_EQ(stack.ledger().complete_posts(), 0U);
}

TEST(GenerateTest, KeepsPromptsAndImagesOutOfTheLog) {
  Stack stack;
  for (const char* model : {"sandbox/painter", "sandbox/status=403;body=json;moderation=yes"}) {
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    stack.stub().GenerateImages(&context, ImageRequest(model), &response);
  }
  const std::string log = stack.StopAndReadLog();
  EXPECT_THAT(log, HasSubstr("\"event\":\"call\""));
  EXPECT_THAT(log, HasSubstr("\"generation_id\""));
  EXPECT_THAT(log, Not(HasSubstr("secret garden")));
}

TEST(GenerateTest, BillsACallersOwnKeyWhenAllowed) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_upstream()->set_allow_caller_api_keys(true);
  }});
  std::vector<std::string> authorizations;
  for (const char* key : {"", "sk-or-callers-own"}) {
    grpc::ClientContext context;
    if (*key != '\0') context.AddMetadata("openrouter-api-key", key);
    v1::GenerateImagesResponse response;
    ASSERT_TRUE(stack.stub().GenerateImages(&context, ImageRequest(), &response).ok());
  }
  for (const auto& entry : stack.ledger().Snapshot()) {
    for (const auto& [name, value] : entry.headers) {
      if (name == "Authorization") authorizations.push_back(value);
    }
  }
  ASSERT_EQ(authorizations.size(), 2U);
  EXPECT_NE(authorizations[0], authorizations[1]);
  EXPECT_THAT(stack.StopAndReadLog(), Not(HasSubstr("sk-or-callers-own")));
}

TEST(GenerateTest, RefusesWhatCannotBeAKey) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_upstream()->set_allow_caller_api_keys(true);
  }});
  grpc::ClientContext context;
  context.AddMetadata("openrouter-api-key", "sk-or-1");
  context.AddMetadata("openrouter-api-key", "sk-or-2");
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const Details details = DetailsOf(status);
  ASSERT_EQ(details.bad_request.field_violations_size(), 1);
  EXPECT_EQ(details.bad_request.field_violations(0).field(), "openrouter-api-key");
  EXPECT_THAT(status.error_details(), Not(HasSubstr("sk-or-")));
  EXPECT_EQ(stack.ledger().complete_posts(), 0U);
}

TEST(GenerateTest, RefusesACallersOwnKeyByDefault) {
  Stack stack;
  grpc::ClientContext context;
  context.AddMetadata("openrouter-api-key", "sk-or-callers-own");
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(DetailsOf(status).error.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(stack.ledger().complete_posts(), 0U);
}

TEST(GenerateTest, SaysThatItHasNoKey) {
  Stack stack({.api_key = std::nullopt});
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL) << "the operator's fault";
  EXPECT_EQ(DetailsOf(status).error.reason(), v1::ERROR_REASON_NO_API_KEY);
  EXPECT_EQ(stack.ledger().complete_posts(), 0U);
}

}  // namespace
}  // namespace openrouter_images::testing
