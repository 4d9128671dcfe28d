#include "service/rpc/request_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "service/retry/retry_options.h"
#include "service/rpc/wire.h"
#include "tests/support/nested_struct.h"

namespace openrouter_images::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckRules Rules() {
  return {.allowed_headers = {"X-Team"},
          .generate_retry = retry::DefaultGenerateRetries(),
          .catalog_retry = retry::DefaultCatalogRetries(),
          .retry_ceilings = {.max_attempts = 5, .unknown_outcome = false}};
}

template <typename Request>
CheckResult ReadAs(const google::protobuf::Message& sent, Request& request,
                   const CheckRules& rules = Rules()) {
  grpc::ByteBuffer bytes;
  Serialize(sent, bytes);
  return Read(bytes, rules, request);
}

template <typename Request>
CheckResult ReadBack(const Request& sent, const CheckRules& rules = Rules()) {
  Request request;
  return ReadAs(sent, request, rules);
}

std::vector<std::string> FieldsOf(const limits::Violations& violations) {
  std::vector<std::string> fields;
  for (const auto& violation : violations) fields.push_back(violation.field);
  return fields;
}

template <typename Request>
std::vector<std::string> Fields(const Request& sent) {
  const CheckResult result = ReadBack(sent);
  EXPECT_FALSE(result.malformed);
  EXPECT_THAT(result.unknown_fields, IsEmpty());
  return FieldsOf(result.violations);
}

v1::GenerateImagesRequest Valid(const std::string& more = "") {
  v1::GenerateImagesRequest request;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString("image { model: 'a/b' prompt: 'p' } " + more, &request))
      << more;
  return request;
}

TEST(RequestCheckTest, PassesWhatIsValid) {
  EXPECT_THAT(Fields(Valid()), IsEmpty());
  EXPECT_THAT(Fields(v1::ListImageModelsRequest()), IsEmpty());
}

TEST(RequestCheckTest, NeedsAnImage) {
  EXPECT_THAT(Fields(v1::GenerateImagesRequest()), ElementsAre("image.model", "image.prompt"));
}

TEST(RequestCheckTest, NeedsAModelWithAnAuthorForItsEndpoints) {
  v1::ListImageModelEndpointsRequest request;
  EXPECT_THAT(Fields(request), ElementsAre("model"));
  request.set_model("gpt");
  EXPECT_THAT(Fields(request), ElementsAre("model"));
  request.set_model("openai/gpt-4@preset/x");
  EXPECT_THAT(Fields(request), IsEmpty());
}

TEST(RequestCheckTest, RefusesWhatIsNoMessage) {
  const grpc::Slice slice("\xff\xff\xff");
  v1::GenerateImagesRequest request;
  const CheckResult result = Read(grpc::ByteBuffer(&slice, 1), Rules(), request);
  EXPECT_TRUE(result.malformed);
  EXPECT_THAT(result.unknown_fields, IsEmpty());
  EXPECT_THAT(result.violations, IsEmpty());
}

template <typename Request>
class UnknownFields : public testing::Test {};
using Requests = testing::Types<v1::GenerateImagesRequest, v1::StreamGenerateImagesRequest,
                                v1::ListImageModelsRequest, v1::ListImageModelEndpointsRequest>;
TYPED_TEST_SUITE(UnknownFields, Requests);

// Before anything else: the request lacks what is required, and asks for what is not allowed.
TYPED_TEST(UnknownFields, AreRefused) {
  TypeParam request;
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(500, 1);
  v1::RetryOptions& retry = *request.mutable_options()->mutable_retry();
  retry.set_max_attempts(100);
  retry.GetReflection()->MutableUnknownFields(&retry)->AddLengthDelimited(11, "new");
  const CheckResult result = ReadBack(request);
  EXPECT_FALSE(result.malformed);
  EXPECT_THAT(FieldsOf(result.unknown_fields), ElementsAre("options.retry.11", "500"));
  EXPECT_THAT(result.violations, IsEmpty());
}

TEST(RequestCheckTest, UnknownFieldsAreNotParsed) {
  v1::GenerateImagesRequest sent = Valid();
  sent.GetReflection()->MutableUnknownFields(&sent)->AddGroup(500)->AddVarint(1, 1);
  v1::GenerateImagesRequest request;
  EXPECT_THAT(FieldsOf(ReadAs(sent, request).unknown_fields), ElementsAre("500"));
  EXPECT_FALSE(request.has_image());
}

TEST(RequestCheckTest, AdditionalFieldsGoIntoTheirOwn) {
  v1::GenerateImagesRequest sent;
  auto& more = *sent.mutable_image()->mutable_additional_fields()->mutable_fields();
  more["model"].set_string_value("a/b");
  more["prompt"].set_string_value("p");
  more["n"].set_number_value(2);
  more["style"].set_string_value("cubist");
  v1::GenerateImagesRequest request;
  EXPECT_THAT(ReadAs(sent, request).violations, IsEmpty());
  EXPECT_EQ(request.image().model(), "a/b");
  EXPECT_EQ(request.image().n(), 2);
  EXPECT_EQ(request.image().additional_fields().fields_size(), 1);

  more["n"].set_number_value(11);
  EXPECT_THAT(Fields(sent), ElementsAre("image.n"));
}

// protobuf's own limit would make it a malformed message.
TEST(RequestCheckTest, NamesAStructThatIsNestedTooDeep) {
  for (const std::size_t levels : {33, 60, 100, 1000}) {
    v1::StreamGenerateImagesRequest request;
    *request.mutable_image() = Valid().image();
    (*request.mutable_image()->mutable_provider()->mutable_options())["x"] = NestedStruct(levels);
    const CheckResult result = ReadBack(request);
    EXPECT_FALSE(result.malformed) << levels;
    ASSERT_EQ(result.violations.size(), 1U) << levels;
    EXPECT_TRUE(result.violations[0].field.starts_with("image.provider.options")) << levels;
    EXPECT_EQ(result.violations[0].description, "is nested deeper than 32 levels");
  }
  v1::GenerateImagesRequest deepest = Valid();
  (*deepest.mutable_image()->mutable_provider()->mutable_options())["x"] = NestedStruct(32);
  EXPECT_THAT(Fields(deepest), IsEmpty());
}

// 1 MiB on the wire would be 40 MiB of objects.
TEST(RequestCheckTest, AFloodOfValuesIsNotParsed) {
  v1::GenerateImagesRequest request = Valid();
  auto& values = (*request.mutable_image()->mutable_additional_fields()->mutable_fields())["x"];
  for (int i = 0; i < 500'000; ++i) values.mutable_list_value()->add_values();
  v1::GenerateImagesRequest read;
  EXPECT_THAT(FieldsOf(ReadAs(request, read).violations), ElementsAre("image.additional_fields"));
  EXPECT_FALSE(read.has_image());
}

TEST(RequestCheckTest, RequestIdsAreNotServedYet) {
  v1::GenerateImagesRequest request = Valid("request_id: '7f3c'");
  EXPECT_THAT(Fields(request), ElementsAre("request_id"));
  EXPECT_TRUE(ReadBack(request).violations[0].description.starts_with("is not served yet"));
  v1::StreamGenerateImagesRequest stream;
  *stream.mutable_image() = request.image();
  stream.set_request_id("7f3c");
  EXPECT_THAT(Fields(stream), ElementsAre("request_id"));
}

// The operator's max_interval is 60 s.
TEST(RequestCheckTest, ChecksRetryOptionsOnTopOfTheOperatorsOwn) {
  EXPECT_THAT(Fields(Valid("options { retry { initial_interval { seconds: 61 } } }")),
              ElementsAre("options.retry.max_interval"));
  EXPECT_THAT(
      Fields(Valid("options { retry { initial_interval { seconds: 61 } max_interval { seconds: 62 } } }")),
      IsEmpty());
}

TEST(RequestCheckTest, ACallUsesTheOperatorsRetryOptionsWithItsOwnOnTop) {
  const v1::RetryOptions retry = ReadBack(Valid("options { retry { max_attempts: 4 } }")).retry;
  EXPECT_EQ(retry.max_attempts(), 4);
  EXPECT_EQ(retry.exponent(), Rules().generate_retry.exponent());
  EXPECT_EQ(ReadBack(v1::ListImageModelsRequest()).retry.max_attempts(),
            Rules().catalog_retry.max_attempts());
}

TEST(RequestCheckTest, RetryCodesAreReplacedAsAWhole) {
  EXPECT_THAT(ReadBack(Valid()).retry.retry_codes().codes(), testing::Contains("429"));
  EXPECT_THAT(
      ReadBack(Valid("options { retry { retry_codes { codes: '5XX' } } }")).retry.retry_codes().codes(),
      ElementsAre("5XX"));
  const CheckResult none = ReadBack(Valid("options { retry { retry_codes {} } }"));
  EXPECT_THAT(none.violations, IsEmpty());
  EXPECT_TRUE(none.retry.has_retry_codes());
  EXPECT_THAT(none.retry.retry_codes().codes(), IsEmpty());
  EXPECT_THAT(Fields(Valid("options { retry { retry_codes { codes: ['429', '399', '4xx'] } } }")),
              ElementsAre("options.retry.retry_codes.codes[1]", "options.retry.retry_codes.codes[2]"));
}

TEST(RequestCheckTest, RetriesHaveTheOperatorsCeiling) {
  EXPECT_THAT(Fields(Valid("options { retry { max_attempts: 5 } }")), IsEmpty());
  const v1::GenerateImagesRequest request = Valid("options { retry { max_attempts: 6 } }");
  EXPECT_THAT(Fields(request), ElementsAre("options.retry.max_attempts"));
  EXPECT_EQ(ReadBack(request).violations[0].description,
            "the operator allows at most 5 (retry.max_attempts_ceiling)");
  v1::ListImageModelsRequest models;
  *models.mutable_options() = request.options();
  EXPECT_THAT(Fields(models), ElementsAre("options.retry.max_attempts"));

  CheckRules rules = Rules();
  rules.retry_ceilings.max_attempts = 6;
  EXPECT_THAT(ReadBack(request, rules).violations, IsEmpty());
  // The ceiling is for callers: without a wish of theirs the operator's own number counts.
  rules.generate_retry.set_max_attempts(8);
  EXPECT_THAT(ReadBack(Valid("options { retry { exponent: 2 } }"), rules).violations, IsEmpty());
}

TEST(RequestCheckTest, OnlyTheOperatorAllowsToPayTwice) {
  const v1::GenerateImagesRequest request = Valid("options { retry { retry_unknown_outcome: true } }");
  EXPECT_THAT(Fields(request), ElementsAre("options.retry.retry_unknown_outcome"));
  EXPECT_EQ(ReadBack(request).violations[0].description,
            "the operator does not allow it (retry.allow_retry_unknown_outcome)");
  EXPECT_THAT(Fields(Valid("options { retry { retry_unknown_outcome: false } }")), IsEmpty());
  CheckRules rules = Rules();
  rules.retry_ceilings.unknown_outcome = true;
  EXPECT_THAT(ReadBack(request, rules).violations, IsEmpty());
  // The catalog is free.
  v1::ListImageModelsRequest models;
  *models.mutable_options() = request.options();
  EXPECT_THAT(Fields(models), IsEmpty());
}

TEST(RequestCheckTest, ReportsAllAtOnce) {
  v1::GenerateImagesRequest request = Valid(
      "request_id: 'x' options { retry { max_attempts: 6 } headers { key: 'x-other' value: '1' }"
      "  labels { key: ' ' value: 'x' } }");
  request.mutable_image()->set_n(0);
  (*request.mutable_image()->mutable_additional_fields()->mutable_fields())["stream"].set_bool_value(true);
  EXPECT_THAT(Fields(request),
              ElementsAre("image.n", "options.labels[ ]", "image.additional_fields.stream", "request_id",
                          "options.headers[x-other]", "options.retry.max_attempts"));
}

}  // namespace
}  // namespace openrouter_images::rpc
