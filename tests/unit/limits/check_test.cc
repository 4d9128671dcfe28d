#include "service/limits/check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "openrouter_images/config/v1/config.pb.h"
#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/generation.pb.h"
#include "service/limits/struct_check.h"

namespace openrouter_images::limits {
namespace {

using google::protobuf::Message;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<std::string> Lines(const Violations& violations) {
  std::vector<std::string> lines;
  for (const auto& [field, description] : violations) lines.push_back(field + ": " + description);
  return lines;
}

struct Row {
  std::string name;
  const Message& type;
  // In protobuf's text format.
  std::string message;
  std::vector<std::string> violations;
};

void PrintTo(const Row& row, std::ostream* os) {
  *os << row.name;
}

class CheckTest : public testing::TestWithParam<Row> {};

TEST_P(CheckTest, ReportsEveryViolation) {
  const std::unique_ptr<Message> message(GetParam().type.New());
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(GetParam().message, message.get()));
  Violations violations;
  EXPECT_TRUE(Check(*message, "", violations));
  EXPECT_THAT(Lines(violations), ElementsAreArray(GetParam().violations));
}

const Message& kRequest = v1::GenerateImagesRequest::default_instance();
const Message& kModels = v1::ListImageModelEndpointsRequest::default_instance();
const Message& kConfig = config::v1::Config::default_instance();

INSTANTIATE_TEST_SUITE_P(
    Messages, CheckTest,
    testing::ValuesIn(std::vector<Row>{
        {"Good", kRequest, "image { model: 'a/b' prompt: 'p' }", {}},
        {"ARequiredMessageIsSearchedForWhatItLacks",
         kRequest,
         "",
         {"image.model: is required", "image.prompt: is required"}},
        {"RequiredWithoutPresence", kModels, "", {"model: is required"}},
        {"RequiredBytes",
         kRequest,
         "image { model: 'a/b' prompt: 'p' input_references { url: 'x' } input_references { inline {} } }",
         {"image.input_references[1].inline.data: is required"}},
        {"NumbersAndTexts",
         kRequest,
         "image { model: 'a\\nb' prompt: 'p' n: 11 output_compression: -1 }"
         "options { session_id: '\\n' attribution { categories: ['ok', '\\r'] } }",
         {"image.model: must not contain control characters", "image.n: must be 1 to 10",
          "image.output_compression: must be 0 to 100",
          "options.attribution.categories[1]: must not contain control characters",
          "options.session_id: must not contain control characters"}},
        {"MembersOfAOneof",
         kRequest,
         "image { model: 'a/b' prompt: 'p' provider { sort_config { by: '\\000' } } }",
         {"image.provider.sort_config.by: must not contain NUL"}},
        {"KeysAndValuesOfAMapInTheOrderOfKeys",
         kRequest,
         "image { model: 'a/b' prompt: 'p' }"
         "options { headers { key: 'b' value: '\\n' } headers { key: 'a b' value: '' } }",
         {"options.headers[a b]: must be the name of an HTTP header",
          "options.headers[b]: must not contain control characters but tabs"}},
        {"AnEmptyValueOfAHeader",
         kRequest,
         "image { model: 'a/b' prompt: 'p' } options { headers { key: 'a' value: '' } }",
         {"options.headers[a]: must not be empty"}},
        {"KeysAndValuesOfLabels",
         kRequest,
         "image { model: 'a/b' prompt: 'p' }"
         "options { labels { key: '' value: 'x' } labels { key: 'a b' value: 'x' }"
         "  labels { key: 'team' value: '\\t' } labels { key: 'job' value: 'caf\303\251 7' } }",
         {"options.labels[]: must not be empty",
          "options.labels[a b]: must be printable ASCII without spaces",
          "options.labels[team]: must not contain control characters"}},
        {"DurationsOfRetries",
         kRequest,
         "image { model: 'a/b' prompt: 'p' }"
         "options { retry { initial_interval {} max_interval { seconds: 3600 nanos: 1 }"
         "  max_elapsed_time { seconds: 1 nanos: -1 } } }",
         {"options.retry.initial_interval: must be above zero and at most 1 h",
          "options.retry.max_interval: must be above zero and at most 1 h",
          "options.retry.max_elapsed_time: must be above zero and at most 24 h"}},
        {"NoNumber",
         kConfig,
         "retry { budget { token_ratio: nan } }",
         {"retry.budget.token_ratio: must be above 0 and at most 1000"}},
        {"AllowedValues",
         kConfig,
         "log { level: 'loud' }",
         {"log.level: must be debug, info, warn or error"}},
    }),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

TEST(Check, AnUndefinedValueOfAnEnum) {
  v1::RetryOptions options;
  options.set_strategy(static_cast<v1::RetryOptions::Strategy>(7));
  Violations violations;
  Check(options, "options.retry", violations);
  EXPECT_THAT(Lines(violations),
              ElementsAre("options.retry.strategy: must be STRATEGY_BACKOFF or STRATEGY_NONE"));
}

TEST(Check, EntriesBeyondTheLimitAreCountedOnly) {
  v1::RequestOptions options;
  for (int i = 0; i < 33; ++i) {
    (*options.mutable_headers())["not a name " + std::to_string(i)] = "\n";
    options.mutable_attribution()->add_categories("\n");
  }
  Violations violations;
  EXPECT_FALSE(Check(options, "options", violations));
  EXPECT_THAT(Lines(violations), ElementsAre("options.headers: has 33 entries; at most 32",
                                             "options.attribution.categories: has 33 entries; at most 32"));
}

TEST(Check, ManyBytesInAMap) {
  v1::RequestOptions options;
  (*options.mutable_headers())["a"] = std::string(8191, '\n');
  (*options.mutable_headers())["b"] = "";
  Violations violations;
  EXPECT_FALSE(Check(options, "options", violations));
  EXPECT_THAT(Lines(violations), ElementsAre("options.headers: takes 8193 bytes; at most 8192"));
}

TEST(Check, StructsOfAMessageAreCountedTogetherAndReportedOnce) {
  v1::GenerateImagesRequest request;
  v1::ImageSpec& image = *request.mutable_image();
  image.set_model("a/b");
  image.set_prompt("p");
  for (const char* provider : {"a", "b", "c"}) {
    auto& fields = *(*image.mutable_provider()->mutable_options())[provider].mutable_fields();
    for (std::size_t i = 0; i < kMaxStructValues; ++i) fields["x"].mutable_list_value()->add_values();
  }
  *image.mutable_additional_fields() = image.provider().options().at("a");
  Violations violations;
  EXPECT_FALSE(Check(request, "", violations));
  EXPECT_THAT(Lines(violations), ElementsAre("image: holds more than 4096 values in all its Structs"));
}

TEST(Check, StructsThatAreNestedTooDeep) {
  google::protobuf::Struct deep;
  for (std::size_t level = 0; level < kMaxStructDepth; ++level) {
    google::protobuf::Struct outer;
    *(*outer.mutable_fields())["k"].mutable_struct_value() = deep;
    deep = outer;
  }
  v1::TraceConfig trace;
  *trace.mutable_additional_fields() = deep;
  v1::ProviderPreferences provider;
  (*provider.mutable_options())["x"] = deep;
  Violations violations;
  EXPECT_TRUE(Check(trace, "trace", violations));
  EXPECT_TRUE(Check(provider, "provider", violations));
  EXPECT_THAT(Lines(violations), ElementsAre("trace.additional_fields: is nested deeper than 32 levels",
                                             "provider.options[x]: is nested deeper than 32 levels"));
}

TEST(Check, ReportsAsManyAsHelp) {
  config::v1::Upstream upstream;
  for (int i = 0; i < 1000; ++i) upstream.add_allowed_headers("");
  Violations violations;
  Check(upstream, "", violations);
  EXPECT_EQ(violations.size(), kMaxViolations);
}

}  // namespace
}  // namespace openrouter_images::limits
