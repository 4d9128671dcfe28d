#include "service/retry/retry_options.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "service/limits/check.h"

namespace openrouter_images::retry {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

v1::RetryOptions Parse(const std::string& text) {
  v1::RetryOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options)) << text;
  return options;
}

// By the limits at the fields and by the rules between them.
std::vector<std::string> Violations(const v1::RetryOptions& options, std::string_view path) {
  limits::Violations violations;
  if (limits::Check(options, path, violations)) CheckRules(options, path, violations);
  std::vector<std::string> lines;
  for (const auto& [field, description] : violations) lines.push_back(field + ": " + description);
  return lines;
}

struct ValidateRow {
  std::string name;
  std::string options;
  std::vector<std::string> violations;
};

void PrintTo(const ValidateRow& row, std::ostream* os) {
  *os << row.name;
}

class ValidateTest : public testing::TestWithParam<ValidateRow> {};

TEST_P(ValidateTest, ReportsEveryViolation) {
  EXPECT_THAT(Violations(Parse(GetParam().options), ""), ElementsAreArray(GetParam().violations));
}

constexpr char kCode[] = "must be an HTTP status from 400 to 599, or 4XX, or 5XX";
constexpr char kUpToAnHour[] = "must be above zero and at most 1 h";

INSTANTIATE_TEST_SUITE_P(
    Options, ValidateTest,
    testing::ValuesIn(std::vector<ValidateRow>{
        {"Empty", "", {}},
        {"LowerEnds",
         "max_attempts: 1 initial_interval { nanos: 1 } max_interval { nanos: 1 } exponent: 0 "
         "max_elapsed_time { nanos: 1 }",
         {}},
        {"UpperEnds",
         "max_attempts: 10 initial_interval { seconds: 3600 } max_interval { seconds: 3600 } exponent: 10 "
         "max_elapsed_time { seconds: 86400 }",
         {}},
        {"NoStrategy", "strategy: STRATEGY_NONE", {}},
        {"UnspecifiedStrategy", "strategy: STRATEGY_UNSPECIFIED", {}},
        {"NoAttempts", "max_attempts: 0", {"max_attempts: must be 1 to 10"}},
        {"ElevenAttempts", "max_attempts: 11", {"max_attempts: must be 1 to 10"}},
        {"ZeroInitialInterval", "initial_interval {}", {std::string("initial_interval: ") + kUpToAnHour}},
        {"NegativeInitialInterval",
         "initial_interval { seconds: -1 }",
         {std::string("initial_interval: ") + kUpToAnHour}},
        {"MixedSigns",
         "initial_interval { seconds: 1 nanos: -1 }",
         {std::string("initial_interval: ") + kUpToAnHour}},
        {"TooManyNanoseconds",
         "initial_interval { nanos: 1000000000 }",
         {std::string("initial_interval: ") + kUpToAnHour}},
        {"LongMaxInterval",
         "max_interval { seconds: 3600 nanos: 1 }",
         {std::string("max_interval: ") + kUpToAnHour}},
        {"MaxBelowInitial",
         "initial_interval { seconds: 2 } max_interval { seconds: 1 }",
         {"max_interval: must be at least initial_interval"}},
        {"SmallExponent", "exponent: -0.01", {"exponent: must be 0 to 10"}},
        {"LargeExponent", "exponent: 10.01", {"exponent: must be 0 to 10"}},
        {"ExponentNaN", "exponent: nan", {"exponent: must be 0 to 10"}},
        {"ExponentInfinite", "exponent: inf", {"exponent: must be 0 to 10"}},
        {"ZeroElapsed", "max_elapsed_time {}", {"max_elapsed_time: must be above zero and at most 24 h"}},
        {"LongElapsed",
         "max_elapsed_time { seconds: 86401 }",
         {"max_elapsed_time: must be above zero and at most 24 h"}},
        {"GoodCodes", "retry_codes { codes: ['400', '599', '4XX', '5XX'] }", {}},
        {"BadCodes",
         "retry_codes { codes: ['429', '399', '600', '5xx', '', '42', '4290', '6XX', '5X0', '-29'] }",
         {std::string("retry_codes.codes[1]: ") + kCode, std::string("retry_codes.codes[2]: ") + kCode,
          std::string("retry_codes.codes[3]: ") + kCode, std::string("retry_codes.codes[4]: ") + kCode,
          std::string("retry_codes.codes[5]: ") + kCode, std::string("retry_codes.codes[6]: ") + kCode,
          std::string("retry_codes.codes[7]: ") + kCode, std::string("retry_codes.codes[8]: ") + kCode,
          std::string("retry_codes.codes[9]: ") + kCode}},
        {"SeventeenCodes",
         "retry_codes { codes: ['1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16','17'] "
         "}",
         {"retry_codes.codes: has 17 entries; at most 16"}},
        {"SeveralAtOnce",
         "max_attempts: -1 exponent: -1 retry_codes { codes: ['200'] }",
         {"max_attempts: must be 1 to 10", "exponent: must be 0 to 10",
          std::string("retry_codes.codes[0]: ") + kCode}},
    }),
    [](const testing::TestParamInfo<ValidateRow>& row) { return row.param.name; });

TEST(Validate, NamesFieldsBelowThePath) {
  EXPECT_THAT(Violations(Parse("max_attempts: 0 retry_codes { codes: '1' }"), "options.retry"),
              ElementsAre("options.retry.max_attempts: must be 1 to 10",
                          std::string("options.retry.retry_codes.codes[0]: ") + kCode));
}

TEST(Validate, ReportsAnUnknownStrategy) {
  v1::RetryOptions options;
  options.set_strategy(static_cast<v1::RetryOptions::Strategy>(7));
  EXPECT_THAT(Violations(options, ""), ElementsAre("strategy: must be STRATEGY_BACKOFF or STRATEGY_NONE"));
}

TEST(Defaults, AreValidAndComplete) {
  for (const v1::RetryOptions& options : {DefaultGenerateRetries(), DefaultCatalogRetries()}) {
    EXPECT_THAT(Violations(options, ""), IsEmpty());
    const auto* reflection = options.GetReflection();
    for (int i = 0; i < options.GetDescriptor()->field_count(); ++i) {
      const auto* field = options.GetDescriptor()->field(i);
      // The deadline is limit enough for an attempt.
      EXPECT_EQ(reflection->HasField(options, field), field->name() != "attempt_timeout") << field->name();
    }
  }
}

TEST(Defaults, AreTheDocumentedOnes) {
  constexpr char kCommon[] =
      " strategy: STRATEGY_BACKOFF initial_interval { nanos: 500000000 } max_interval { seconds: 60 } "
      "exponent: 1.5"
      " max_elapsed_time { seconds: 3600 } retry_connection_errors: true";
  EXPECT_EQ(DefaultGenerateRetries().DebugString(),
            Parse(std::string("max_attempts: 3 retry_codes { codes: ['402','429','500','502','503','529'] } "
                              "retry_unknown_outcome: false") +
                  kCommon)
                .DebugString());
  EXPECT_EQ(
      DefaultCatalogRetries().DebugString(),
      Parse(std::string(
                "max_attempts: 4 retry_codes { codes: ['408','429','500','502','503','504','524','529'] } "
                "retry_unknown_outcome: true") +
            kCommon)
          .DebugString());
}

}  // namespace
}  // namespace openrouter_images::retry
