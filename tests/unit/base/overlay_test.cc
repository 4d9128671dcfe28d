#include "service/base/overlay.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "openrouter_images/config/v1/config.pb.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::base {
namespace {

using google::protobuf::Message;

// Messages of one type, in protobuf's text format.
struct Row {
  std::string name;
  const Message& type;
  std::string under;
  std::string over;
  std::string merged;
};

void PrintTo(const Row& row, std::ostream* os) {
  *os << row.name;
}

std::unique_ptr<Message> Parse(const Message& type, const std::string& text) {
  std::unique_ptr<Message> message(type.New());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
  return message;
}

class OverlayTest : public testing::TestWithParam<Row> {};

TEST_P(OverlayTest, TakesWhatTheUpperSets) {
  const Row& row = GetParam();
  const std::unique_ptr<Message> under = Parse(row.type, row.under);
  const std::unique_ptr<Message> over = Parse(row.type, row.over);
  OverlayOnto(*under, *over);
  EXPECT_EQ(under->DebugString(), Parse(row.type, row.merged)->DebugString());
  EXPECT_EQ(over->DebugString(), Parse(row.type, row.over)->DebugString());
}

const Message& kRetry = v1::RetryOptions::default_instance();
const Message& kImage = v1::ImageSpec::default_instance();
const Message& kConfig = config::v1::Config::default_instance();

INSTANTIATE_TEST_SUITE_P(
    Messages, OverlayTest,
    testing::ValuesIn(std::vector<Row>{
        {"NothingSet", kRetry, "max_attempts: 3", "", "max_attempts: 3"},
        {"Replaces", kRetry, "max_attempts: 3 exponent: 2", "max_attempts: 5", "max_attempts: 5 exponent: 2"},
        {"FalseIsSet", kRetry, "retry_connection_errors: true", "retry_connection_errors: false",
         "retry_connection_errors: false"},
        {"ListsAreReplaced", kConfig, "upstream { allowed_headers: ['a', 'b'] event_loops: 2 }",
         "upstream { allowed_headers: 'c' }", "upstream { allowed_headers: 'c' event_loops: 2 }"},
        {"AnEmptyListIsNotSet", kConfig, "upstream { allowed_headers: ['a', 'b'] }",
         "upstream { event_loops: 2 }", "upstream { allowed_headers: ['a', 'b'] event_loops: 2 }"},
        {"AMessageOfOneListIsReplaced", kRetry, "retry_codes { codes: ['429', '500'] }",
         "retry_codes { codes: '503' }", "retry_codes { codes: '503' }"},
        {"AMessageOfOneEmptyListIsSet", kRetry, "retry_codes { codes: ['429', '500'] }", "retry_codes {}",
         "retry_codes {}"},
        {"SecondsAndNanosAreNotMixed", kRetry,
         "initial_interval { nanos: 500000000 } max_interval { seconds: 60 } max_elapsed_time { seconds: 5 }",
         "initial_interval { seconds: 2 } max_interval { nanos: 7 } max_elapsed_time { nanos: 1 }",
         "initial_interval { seconds: 2 } max_interval { nanos: 7 } max_elapsed_time { nanos: 1 }"},
        {"ADurationOfZeroIsSet", kRetry, "max_interval { seconds: 60 }", "max_interval {}",
         "max_interval {}"},
        {"EnumsReplace", kRetry, "strategy: STRATEGY_BACKOFF", "strategy: STRATEGY_NONE",
         "strategy: STRATEGY_NONE"},
        {"AnUnspecifiedEnumIsNotSet", kRetry, "strategy: STRATEGY_NONE", "strategy: STRATEGY_UNSPECIFIED",
         "strategy: STRATEGY_NONE"},
        {"AnUnspecifiedEnumOnNone", kRetry, "", "strategy: STRATEGY_UNSPECIFIED", ""},
        {"MessagesAreMergedFieldByField", kConfig,
         "retry { generate { max_attempts: 3 exponent: 2 } } timeouts { connect { seconds: 5 nanos: 7 } }",
         "retry { generate { max_attempts: 1 } } timeouts { connect { nanos: 9 } }",
         "retry { generate { max_attempts: 1 exponent: 2 } } timeouts { connect { nanos: 9 } }"},
        {"AnEmptyMessageIsSetButChangesNothing", kConfig, "log { level: 'info' }", "log {}",
         "log { level: 'info' }"},
        {"StructsAreReplacedWhole", kImage,
         "additional_fields { fields { key: 'a' value { bool_value: true } } }",
         "additional_fields { fields { key: 'b' value { bool_value: true } } }",
         "additional_fields { fields { key: 'b' value { bool_value: true } } }"},
        {"MapsAreReplaced", kImage, "provider { options { key: 'a' value {} } allow_fallbacks: true }",
         "provider { options { key: 'b' value {} } }",
         "provider { options { key: 'b' value {} } allow_fallbacks: true }"},
        {"ListsOfMessagesAreReplaced", kImage, "input_references { url: 'a' } input_references { url: 'b' }",
         "input_references { url: 'c' }", "input_references { url: 'c' }"},
        {"TheOtherMemberOfAOneofGoes", kImage, "provider { sort: 'price' }",
         "provider { sort_config { by: 'latency' } }", "provider { sort_config { by: 'latency' } }"},
        {"AndTheOtherWayRound", kImage, "provider { sort_config { by: 'latency' } }",
         "provider { sort: 'price' }", "provider { sort: 'price' }"},
    }),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

TEST(Overlay, LeavesTheOriginalsAlone) {
  v1::RetryOptions under;
  under.set_max_attempts(3);
  v1::RetryOptions over;
  over.set_exponent(2);
  const v1::RetryOptions merged = Overlay(under, over);
  EXPECT_EQ(merged.max_attempts(), 3);
  EXPECT_EQ(merged.exponent(), 2);
  EXPECT_FALSE(under.has_exponent());
  EXPECT_FALSE(over.has_max_attempts());
}

}  // namespace
}  // namespace openrouter_images::base
