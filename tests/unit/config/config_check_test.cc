#include "service/config/config_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "service/config/config.h"

namespace openrouter_images::config {
namespace {

using testing::ElementsAreArray;
using v1::Config;

struct Row {
  std::string name;
  // In protobuf's text format.
  std::string config;
  std::vector<std::string> violations;
};

void PrintTo(const Row& row, std::ostream* os) {
  *os << row.name;
}

std::vector<std::string> Violations(const Config& config) {
  limits::Violations violations;
  Validate(config, violations);
  std::vector<std::string> lines;
  for (const auto& [field, description] : violations) lines.push_back(field + ": " + description);
  return lines;
}

class ConfigCheckTest : public testing::TestWithParam<Row> {};

TEST_P(ConfigCheckTest, ReportsEveryViolation) {
  Config config;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(GetParam().config, &config));
  EXPECT_THAT(Violations(config), ElementsAreArray(GetParam().violations));
}

const std::string kAddress = "listen.address: must be HOST:PORT, such as 0.0.0.0:50051 or [::]:50051";
const std::string kBaseUrl =
    "upstream.base_url: must be an http or https URL without credentials, query and fragment";
const std::string kProxy = "upstream.proxy: must be an http or https URL without query and fragment";
const std::string kPositive = "must be above zero and at most 24 h";
const std::string kNotNegative = "must be zero to 24 h";
const std::string kReserved = "must not be a header that the service itself is in charge of";

INSTANTIATE_TEST_SUITE_P(Listen, ConfigCheckTest,
                         testing::ValuesIn(std::vector<Row>{
                             {"Empty", "", {}},
                             {"Name", "listen { address: 'localhost:0' }", {}},
                             {"Ipv4", "listen { address: '127.0.0.1:65535' }", {}},
                             {"Ipv6", "listen { address: '[::]:50051' }", {}},
                             {"NoPort", "listen { address: 'localhost' }", {kAddress}},
                             {"EmptyPort", "listen { address: 'localhost:' }", {kAddress}},
                             {"PortTooLarge", "listen { address: 'localhost:65536' }", {kAddress}},
                             {"PortHuge", "listen { address: 'localhost:99999999999999999999' }", {kAddress}},
                             {"PortNegative", "listen { address: 'localhost:-1' }", {kAddress}},
                             {"PortSigned", "listen { address: 'localhost:+1' }", {kAddress}},
                             {"PortNamed", "listen { address: 'localhost:http' }", {kAddress}},
                             {"NoHost", "listen { address: ':50051' }", {kAddress}},
                             {"EmptyAddress", "listen { address: '' }", {kAddress}},
                             {"Ipv6WithoutBrackets", "listen { address: '::1:50051' }", {kAddress}},
                             {"EmptyBrackets", "listen { address: '[]:50051' }", {kAddress}},
                             {"Url", "listen { address: 'http://localhost:50051' }", {kAddress}},
                         }),
                         [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Upstream, ConfigCheckTest,
    testing::ValuesIn(std::vector<Row>{
        {"Https", "upstream { base_url: 'https://eu.openrouter.ai/api/v1' }", {}},
        {"HttpWithPort", "upstream { base_url: 'http://127.0.0.1:8080' }", {}},
        {"Ipv6Host", "upstream { base_url: 'http://[::1]:8080/v1' }", {}},
        {"Attribution",
         "upstream { attribution { title: 'shop' categories: ['image-gen', 'a,b'] } }",
         {"upstream.attribution.categories[1]: must not contain a comma; give each category its own entry"}},
        {"EmptyUrl", "upstream { base_url: '' }", {kBaseUrl}},
        {"NoScheme", "upstream { base_url: 'openrouter.ai/api/v1' }", {kBaseUrl}},
        {"OtherScheme", "upstream { base_url: 'ftp://openrouter.ai' }", {kBaseUrl}},
        {"NoUrlHost", "upstream { base_url: 'https://' }", {kBaseUrl}},
        {"Credentials", "upstream { base_url: 'https://me:secret@openrouter.ai' }", {kBaseUrl}},
        {"Query", "upstream { base_url: 'https://openrouter.ai/?key=1' }", {kBaseUrl}},
        {"Fragment", "upstream { base_url: 'https://openrouter.ai/#a' }", {kBaseUrl}},
        {"SpaceInHost", "upstream { base_url: 'https://open router.ai' }", {kBaseUrl}},
        {"Proxy", "upstream { proxy: 'http://me:secret@proxy:3128' }", {}},
        {"EmptyProxy", "upstream { proxy: '' }", {}},
        {"SocksProxy", "upstream { proxy: 'socks5://proxy:1080' }", {kProxy}},
        {"ProxyWithoutScheme", "upstream { proxy: 'proxy:3128' }", {kProxy}},
        {"EmptyFiles",
         "upstream { api_key_file: '' ca_bundle_file: '' }",
         {"upstream.api_key_file: must not be empty", "upstream.ca_bundle_file: must not be empty"}},
        {"Headers", "upstream { allowed_headers: ['X-Trace', 'baggage'] }", {}},
        {"BadHeaders",
         "upstream { allowed_headers: ['', 'a b', 'ok', 'a:', 'Authorization', 'transfer-encoding'] }",
         {"upstream.allowed_headers[0]: must be the name of an HTTP header",
          "upstream.allowed_headers[1]: must be the name of an HTTP header",
          "upstream.allowed_headers[3]: must be the name of an HTTP header",
          "upstream.allowed_headers[4]: " + kReserved, "upstream.allowed_headers[5]: " + kReserved}},
        {"HeadersThatTheServiceSets",
         "upstream { allowed_headers: ['x-session-id', 'User-Agent', 'HTTP-Referer'] }",
         {"upstream.allowed_headers[0]: " + kReserved, "upstream.allowed_headers[1]: " + kReserved,
          "upstream.allowed_headers[2]: " + kReserved}},
        {"EventLoopsLowest", "upstream { event_loops: 1 }", {}},
        {"EventLoopsHighest", "upstream { event_loops: 64 }", {}},
        {"NoEventLoops", "upstream { event_loops: 0 }", {"upstream.event_loops: must be 1 to 64"}},
        {"ManyEventLoops", "upstream { event_loops: 65 }", {"upstream.event_loops: must be 1 to 64"}},
    }),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Times, ConfigCheckTest,
    testing::ValuesIn(std::vector<Row>{
        {"Shortest",
         "timeouts { connect { nanos: 1 } first_byte { nanos: 1 } stall { nanos: 1 } total { nanos: 1 } "
         "minimum_to_dispatch {} drain {} } sandbox { generation_time {} }",
         {}},
        {"Longest", "timeouts { connect { seconds: 86400 } drain { seconds: 86400 } }", {}},
        {"Zero",
         "timeouts { connect {} first_byte {} stall {} total {} }",
         {"timeouts.connect: " + kPositive, "timeouts.first_byte: " + kPositive,
          "timeouts.stall: " + kPositive, "timeouts.total: " + kPositive}},
        {"Negative",
         "timeouts { connect { seconds: -1 } minimum_to_dispatch { nanos: -1 } drain { seconds: -1 } } "
         "sandbox { generation_time { seconds: -1 } }",
         {"timeouts.connect: " + kPositive, "timeouts.minimum_to_dispatch: " + kNotNegative,
          "timeouts.drain: " + kNotNegative, "sandbox.generation_time: " + kNotNegative}},
        {"TooLong",
         "timeouts { total { seconds: 86400 nanos: 1 } drain { seconds: 315576000000 } }",
         {"timeouts.total: " + kPositive, "timeouts.drain: " + kNotNegative}},
    }),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, ConfigCheckTest,
    testing::ValuesIn(std::vector<Row>{
        {"LimitsLowest", "limits { max_request_mib: 1 max_image_mib: 1 }", {}},
        {"LimitsHighest", "limits { max_request_mib: 1024 max_image_mib: 200 }", {}},
        {"LimitsOutside",
         "limits { max_request_mib: 0 max_image_mib: 201 }",
         {"limits.max_request_mib: must be 1 to 1024", "limits.max_image_mib: must be 1 to 200"}},
        {"Retry",
         "retry { generate { max_attempts: 0 } catalog { retry_codes { codes: '200' } } }",
         {"retry.generate.max_attempts: must be 1 to 10",
          "retry.catalog.retry_codes.codes[0]: must be an HTTP status from 400 to 599, or 4XX, or 5XX"}},
        {"Ceiling", "retry { max_attempts_ceiling: 11 }", {"retry.max_attempts_ceiling: must be 1 to 10"}},
        {"BudgetLowest", "retry { budget { max_tokens: 1 token_ratio: 0.001 } }", {}},
        {"BudgetHighest", "retry { budget { max_tokens: 1000 token_ratio: 1000 } }", {}},
        {"BudgetBelow",
         "retry { budget { max_tokens: 0 token_ratio: 0 } }",
         {"retry.budget.max_tokens: must be 1 to 1000",
          "retry.budget.token_ratio: must be above 0 and at most 1000"}},
        {"BudgetAbove",
         "retry { budget { max_tokens: 1001 token_ratio: 1000.1 } }",
         {"retry.budget.max_tokens: must be 1 to 1000",
          "retry.budget.token_ratio: must be above 0 and at most 1000"}},
        {"BudgetNaN",
         "retry { budget { token_ratio: nan } }",
         {"retry.budget.token_ratio: must be above 0 and at most 1000"}},
        {"SandboxPort", "sandbox { port: 65535 }", {}},
        {"SandboxPortOutside", "sandbox { port: 65536 }", {"sandbox.port: must be 0 to 65535"}},
        {"Level", "log { level: 'debug' }", {}},
        {"LevelOutside", "log { level: 'DEBUG' }", {"log.level: must be debug, info, warn or error"}},
        {"OneInEachRoom",
         "listen { address: '' } upstream { base_url: '' } timeouts { connect {} } limits { max_request_mib: "
         "0 } "
         "retry { budget { max_tokens: 0 } } sandbox { port: -1 } log { level: '' }",
         {"timeouts.connect: " + kPositive, "limits.max_request_mib: must be 1 to 1024",
          "retry.budget.max_tokens: must be 1 to 1000", "sandbox.port: must be 0 to 65535",
          "log.level: must be debug, info, warn or error", kAddress, kBaseUrl}},
    }),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

TEST(ConfigCheck, TheDefaultsPass) {
  EXPECT_THAT(Violations(DefaultConfig()), testing::IsEmpty());
}

}  // namespace
}  // namespace openrouter_images::config
