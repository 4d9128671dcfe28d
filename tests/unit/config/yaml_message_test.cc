#include "service/config/yaml_message.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "openrouter_images/config/v1/config.pb.h"

namespace openrouter_images::config {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::Not;
using v1::Config;

std::string Describe(const YamlProblem& problem) {
  return std::to_string(problem.location.line) + ":" + std::to_string(problem.location.column) + ": " +
         (problem.field.empty() ? "" : problem.field + ": ") + problem.reason;
}

std::vector<std::string> Problems(const YamlReading& reading) {
  std::vector<std::string> problems;
  for (const YamlProblem& problem : reading.problems) problems.push_back(Describe(problem));
  return problems;
}

struct GoodRow {
  std::string name;
  std::string yaml;
  // In protobuf's text format.
  std::string config;
};

void PrintTo(const GoodRow& row, std::ostream* os) {
  *os << row.name;
}

class GoodYamlTest : public testing::TestWithParam<GoodRow> {};

TEST_P(GoodYamlTest, Reads) {
  Config config;
  Config expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(GetParam().config, &expected));
  EXPECT_THAT(Problems(ReadYaml(GetParam().yaml, config)), IsEmpty());
  EXPECT_EQ(config.DebugString(), expected.DebugString());
}

INSTANTIATE_TEST_SUITE_P(
    Texts, GoodYamlTest,
    testing::ValuesIn(std::vector<GoodRow>{
        {"Nothing", "", ""},
        {"Comment", "# later\n", ""},
        {"Null", "~", ""},
        {"EmptyJson", "{}", ""},
        {"ByteOrderMark", "\xEF\xBB\xBFlog: {level: info}\n", "log { level: 'info' }"},
        {"CarriageReturns", "log:\r\n  level: info\r\n", "log { level: 'info' }"},
        {"DocumentMarks", "---\nlog: {level: info}\n...\n", "log { level: 'info' }"},
        {"SectionWithoutContent", "log:\nlisten:\n", "log {} listen {}"},
        {"ListWithoutContent", "upstream:\n  allowed_headers:\n", "upstream {}"},
        {"EmptyList", "upstream:\n  allowed_headers: []\n", "upstream {}"},
        {"Scalars",
         "upstream: {base_url: 'http://a', allow_caller_api_keys: true, event_loops: 8}\n"
         "retry: {budget: {token_ratio: 0.25}}\n",
         "upstream { base_url: 'http://a' allow_caller_api_keys: true event_loops: 8 }"
         "retry { budget { token_ratio: 0.25 } }"},
        {"ZeroValuesAreSet",
         "upstream: {allow_caller_api_keys: false, proxy: ''}\nsandbox: {port: 0, generation_time: 0s}",
         "upstream { allow_caller_api_keys: false proxy: '' } sandbox { port: 0 generation_time {} }"},
        {"NegativeNumber", "sandbox: {port: -7}", "sandbox { port: -7 }"},
        {"WholeNumberForDouble", "retry: {budget: {token_ratio: 2}}", "retry { budget { token_ratio: 2 } }"},
        {"DoubleWithExponent", "retry: {budget: {token_ratio: 1e-1}}",
         "retry { budget { token_ratio: 0.1 } }"},
        {"Durations",
         "timeouts: {connect: 5s, first_byte: 1.5s, stall: \"0.000000001s\", total: -2.25s, drain: "
         "100000000000s}",
         "timeouts { connect { seconds: 5 } first_byte { seconds: 1 nanos: 500000000 } stall { nanos: 1 }"
         " total { seconds: -2 nanos: -250000000 } drain { seconds: 100000000000 } }"},
        {"Enum", "retry: {generate: {strategy: STRATEGY_NONE}}",
         "retry { generate { strategy: STRATEGY_NONE } }"},
        {"CamelCase", "retry: {generate: {maxAttempts: 2}}", "retry { generate { max_attempts: 2 } }"},
        {"CodesWithoutQuotes",
         "retry:\n  generate:\n    retry_codes:\n      codes:\n        - 429\n        - 5XX\n",
         "retry { generate { retry_codes { codes: '429' codes: '5XX' } } }"},
        {"NoCodes", "retry: {generate: {retry_codes: {}}, catalog: {retry_codes: {codes: []}}}",
         "retry { generate { retry_codes {} } catalog { retry_codes {} } }"},
        {"WordsThatYamlKnowsAsStrings", "upstream: {api_key_file: yes}", "upstream { api_key_file: 'yes' }"},
        {"QuotedNull", "upstream: {api_key_file: 'null'}", "upstream { api_key_file: 'null' }"},
        {"Json",
         R"({"retry": {"generate": {"max_attempts": 3, "retry_codes": {"codes": ["429", "5XX"]}, "exponent": 1.5}},
            "upstream": {"allow_caller_api_keys": true, "base_url": "http:\/\/a\u0062"}})",
         "retry { generate { max_attempts: 3 retry_codes { codes: ['429', '5XX'] } exponent: 1.5 } }"
         "upstream { allow_caller_api_keys: true base_url: 'http://ab' }"},
        {"Alias", "retry:\n  generate: &same {max_attempts: 2}\n  catalog: *same\n",
         "retry { generate { max_attempts: 2 } catalog { max_attempts: 2 } }"},
    }),
    [](const testing::TestParamInfo<GoodRow>& row) { return row.param.name; });

struct BadFileRow {
  std::string name;
  std::string yaml;
  std::vector<std::string> problems;
};

void PrintTo(const BadFileRow& row, std::ostream* os) {
  *os << row.name;
}

class BadYamlTest : public testing::TestWithParam<BadFileRow> {};

TEST_P(BadYamlTest, SaysWhereAndWhy) {
  Config config;
  EXPECT_THAT(Problems(ReadYaml(GetParam().yaml, config)), ElementsAreArray(GetParam().problems));
}

const std::string kDuration = "must be a duration in seconds, such as 1.5s";

INSTANTIATE_TEST_SUITE_P(
    Texts, BadYamlTest,
    testing::ValuesIn(std::vector<BadFileRow>{
        {"UnknownField", "log:\n  levle: info\n", {"2:3: log.levle: no such field; there are: level"}},
        {"UnknownSection",
         "logging: {}\n",
         {"1:1: logging: no such field; there are: listen, upstream, timeouts, limits, retry, sandbox, log"}},
        {"MergeKey",
         "log: &a {level: info}\nlisten:\n  <<: *a\n",
         {"3:3: listen.<<: no such field; there are: address"}},
        {"DuplicateKey", "log:\n  level: info\n  level: warn\n", {"3:3: log.level: duplicate field"}},
        {"DuplicateKeyInJson",
         "{\"log\": {\"level\": \"info\", \"level\": \"warn\"}}",
         {"1:27: log.level: duplicate field"}},
        {"DuplicateKeyInTwoCases",
         "retry: {generate: {max_attempts: 1, maxAttempts: 2}}",
         {"1:37: retry.generate.max_attempts: duplicate field"}},
        {"ScalarForSection", "log: info\n", {"1:6: log: must be a mapping"}},
        {"ListForSection", "log: [info]\n", {"1:6: log: must be a mapping"}},
        {"ScalarForAll", "openrouter\n", {"1:1: must be a mapping"}},
        {"ListForAll", "- log\n", {"1:1: must be a mapping"}},
        {"ListForKey", "? [a, b]\n: c\n", {"1:3: must have names for keys"}},
        {"MappingForScalar", "log:\n  level:\n    is: info\n", {"3:5: log.level: must be a single value"}},
        {"ListForScalar", "log: {level: [info]}\n", {"1:14: log.level: must be a single value"}},
        {"NothingForScalar", "log:\n  level:\n", {"2:3: log.level: has no value"}},
        {"NullForScalar", "log:\n  level: ~\n", {"2:3: log.level: has no value"}},
        {"ScalarForList",
         "upstream: {allowed_headers: a}",
         {"1:29: upstream.allowed_headers: must be a list"}},
        {"MappingForList",
         "upstream: {allowed_headers: {a: b}}",
         {"1:29: upstream.allowed_headers: must be a list"}},
        {"ListInList",
         "upstream: {allowed_headers: [a, [b]]}",
         {"1:33: upstream.allowed_headers[1]: must be a single value"}},
        {"TextForNumber",
         "sandbox: {port: http}",
         {"1:17: sandbox.port: must be a whole number, without quotes"}},
        {"QuotedNumber",
         "sandbox: {port: '1'}",
         {"1:17: sandbox.port: must be a whole number, without quotes"}},
        {"FractionForWhole",
         "sandbox: {port: 1.5}",
         {"1:17: sandbox.port: must be a whole number, without quotes"}},
        {"NumberTooLarge",
         "sandbox: {port: 2147483648}",
         {"1:17: sandbox.port: must be a whole number, without quotes"}},
        {"HexNumber",
         "sandbox: {port: 0x10}",
         {"1:17: sandbox.port: must be a whole number, without quotes"}},
        {"TextForDouble",
         "retry: {budget: {token_ratio: half}}",
         {"1:31: retry.budget.token_ratio: must be a number, without quotes"}},
        {"WordForBool",
         "sandbox: {enabled: yes}",
         {"1:20: sandbox.enabled: must be true or false, without quotes"}},
        {"QuotedBool",
         "sandbox: {enabled: 'true'}",
         {"1:20: sandbox.enabled: must be true or false, without quotes"}},
        {"UnknownEnum",
         "retry: {generate: {strategy: none}}",
         {"1:30: retry.generate.strategy: must be STRATEGY_BACKOFF or STRATEGY_NONE"}},
        {"DurationWithoutUnit", "timeouts: {connect: 5}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationInMilliseconds", "timeouts: {connect: 5ms}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationWithoutNumber", "timeouts: {connect: s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationOfAMinus", "timeouts: {connect: -s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationWithSpace", "timeouts: {connect: 5 s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationWithPlus", "timeouts: {connect: +5s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationWithoutWhole", "timeouts: {connect: .5s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationWithoutFraction", "timeouts: {connect: 5.s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationTooFine", "timeouts: {connect: 0.0000000001s}", {"1:21: timeouts.connect: " + kDuration}},
        {"DurationHuge",
         "timeouts: {connect: 99999999999999999999s}",
         {"1:21: timeouts.connect: " + kDuration}},
        {"DurationAsMapping",
         "timeouts: {connect: {seconds: 5}}",
         {"1:21: timeouts.connect: must be a single value"}},
        {"SeveralAtOnce",
         "log: {level: }\nsandbox: {port: x, on: y}\n",
         {"1:7: log.level: has no value", "2:17: sandbox.port: must be a whole number, without quotes",
          "2:20: sandbox.on: no such field; there are: enabled, generation_time, port"}},
        {"TwoDocuments", "log: {}\n---\nlisten: {}\n", {"2:1: content after the end of the document"}},
        {"StrayComma", ",", {"1:1: content after the end of the document"}},
        {"StrayCommaAfterwards", "{}, more\n", {"1:3: content after the end of the document"}},
        {"TextAfterJson", "{}\nmore\n", {"2:1: content after the end of the document"}},
        {"OpenBracket", "log: {level: info\n", {"2:1: end of map flow not found"}},
        {"OpenQuote", "log: \"info", {"1:11: illegal EOF in scalar"}},
        {"UnknownAlias", "log: *nowhere\n", {"1:6: the referenced anchor is not defined"}},
        {"TabForIndent", "log:\n\tlevel: info\n", {"2:7: illegal map value"}},
        {"NulByte", std::string("log: {\nlevel: \0}", 16), {"2:8: not a text in UTF-8: control character"}},
        {"Escape", "log: \x1b[0m", {"1:6: not a text in UTF-8: control character"}},
    }),
    [](const testing::TestParamInfo<BadFileRow>& row) { return row.param.name; });

TEST(ReadYaml, LocatesEveryField) {
  Config config;
  const YamlReading reading = ReadYaml(
      "retry:\n"
      "  generate:\n"
      "    retry_codes: {codes: [\"429\", 5XX]}\n"
      "    maxAttempts: 3\n"
      "log:\n",
      config);
  std::vector<std::string> locations;
  for (const auto& [field, location] : reading.locations) {
    locations.push_back(field + " " + std::to_string(location.line) + ":" + std::to_string(location.column));
  }
  EXPECT_THAT(locations,
              testing::ElementsAre(
                  "log 5:1", "retry 2:3", "retry.generate 3:5", "retry.generate.max_attempts 4:18",
                  "retry.generate.retry_codes 3:18", "retry.generate.retry_codes.codes 3:26",
                  "retry.generate.retry_codes.codes[0] 3:27", "retry.generate.retry_codes.codes[1] 3:34"));
}

TEST(ReadYaml, NeverRepeatsAValue) {
  Config config;
  const YamlReading reading = ReadYaml(
      "upstream: {api_key: sk-secret, event_loops: sk-secret, allowed_headers: sk-secret}\n"
      "timeouts: {connect: sk-secret}\nsandbox: {enabled: sk-secret}\nlog: sk-secret\n",
      config);
  EXPECT_EQ(reading.problems.size(), 6u);
  for (const YamlProblem& problem : reading.problems)
    EXPECT_THAT(Describe(problem), Not(testing::HasSubstr("secret")));
}

TEST(ReadYaml, AliasesDoNotMultiply) {
  // Ten lists, each with ten references to the one before it: 10^10 elements for who follows them all.
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int n = 1; n < 10; ++n) yaml += ", " + alias;
    yaml += "]\n";
  }
  yaml += "upstream: {allowed_headers: *a9}\n";
  Config config;
  // Ten unknown fields, and ten elements that are no single values.
  EXPECT_EQ(ReadYaml(yaml, config).problems.size(), 20u);
}

TEST(ReadYaml, AnAliasToItselfEnds) {
  Config config;
  EXPECT_THAT(Problems(ReadYaml("log: &a {level: *a}\n", config)),
              testing::ElementsAre("1:6: log.level: must be a single value"));
}

TEST(ReadYaml, DeepNestingEnds) {
  for (const char bracket : {'[', '{'}) {
    Config config;
    EXPECT_THAT(Problems(ReadYaml(std::string(10'000, bracket), config)), Not(IsEmpty()));
  }
  std::string indented;
  for (int depth = 0; depth < 2000; ++depth) indented += std::string(depth, ' ') + "a:\n";
  Config config;
  EXPECT_THAT(Problems(ReadYaml(indented, config)), Not(IsEmpty()));
}

TEST(ReadYaml, TextCutAnywhereNeverBreaksIt) {
  const std::string yaml =
      "retry: &r\n  generate: {retry_codes: {codes: [\"4\\x32 9\", '5XX']}, strategy: STRATEGY_NONE}\n  "
      "budget: *r\n"
      "log: |\n  folded\n? key\n: !!str value\n";
  for (std::size_t end = 0; end <= yaml.size(); ++end) {
    Config config;
    ReadYaml(yaml.substr(0, end), config);
  }
}

TEST(ReadYaml, GarbageNeverBreaksIt) {
  std::mt19937 random(20260914);
  const std::string alphabet = "{}[]:,-?&*!|>'\"%@`#~ \n\tab0\\\xC3\xA4\xFF";
  for (int round = 0; round < 4'000; ++round) {
    std::string text(random() % 40, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    Config config;
    ReadYaml(text, config);
  }
}

TEST(WriteYaml, ReadsBackEqual) {
  Config config;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(listen { address: "[::]:0" }
         upstream { base_url: "~" api_key_file: "" ca_bundle_file: "a \" \\ # : ä\t" proxy: "null"
                    allow_caller_api_keys: false allowed_headers: ["1", "true", "a, b"] event_loops: -5 }
         timeouts { connect { seconds: -1 nanos: -1 } stall {} total { nanos: 250000000 } }
         retry { generate { strategy: STRATEGY_NONE exponent: 0.1 retry_codes { codes: "429" } } catalog { retry_codes {} }
                 budget { token_ratio: 1e+300 max_tokens: 7 } }
         sandbox { enabled: true })",
      &config));
  Config read;
  const std::string yaml = WriteYaml(config);
  EXPECT_THAT(Problems(ReadYaml(yaml, read)), IsEmpty()) << yaml;
  EXPECT_EQ(read.DebugString(), config.DebugString()) << yaml;
}

TEST(WriteYaml, IsPlainToRead) {
  Config config;
  config.mutable_log()->set_level("info");
  config.mutable_timeouts()->mutable_connect()->set_nanos(250'000'000);
  config.mutable_retry()->mutable_budget()->set_token_ratio(0.1);
  config.mutable_upstream()->add_allowed_headers("a");
  config.mutable_upstream()->add_allowed_headers("b");
  EXPECT_EQ(WriteYaml(config),
            "upstream:\n"
            "  allowed_headers: [\"a\", \"b\"]\n"
            "timeouts:\n"
            "  connect: 0.250s\n"
            "retry:\n"
            "  budget:\n"
            "    token_ratio: 0.1\n"
            "log:\n"
            "  level: \"info\"\n");
}

TEST(WriteYaml, NothingSet) {
  EXPECT_EQ(WriteYaml(Config()), "{}\n");
}

}  // namespace
}  // namespace openrouter_images::config
