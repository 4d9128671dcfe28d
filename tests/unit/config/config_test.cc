#include "service/config/config.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "tests/support/temporary_folder.h"

namespace openrouter_images::config {
namespace {

using testing::HasSubstr;
using testing::Not;
using v1::Config;

Config Parse(const std::string& text) {
  Config config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config)) << text;
  return config;
}

// A folder of its own for each test.
class ConfigFile {
 public:
  std::filesystem::path path() const { return folder_ / "config.yaml"; }
  void Write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }

  // As if the folder were the current one.
  absl::StatusOr<Config> Load() const {
    auto config = LoadConfig(path());
    if (config.ok()) return config;
    return absl::Status(config.status().code(), absl::StrReplaceAll(config.status().message(),
                                                                    {{folder_.path().string() + "/", ""}}));
  }

 private:
  TemporaryFolder folder_;
};

std::string Message(const absl::Status& status) {
  return std::string(status.message());
}

struct BadRow {
  std::string name;
  std::string text;
  std::string message;
};

void PrintTo(const BadRow& row, std::ostream* os) {
  *os << row.name;
}

class BadConfigTest : public testing::TestWithParam<BadRow> {};

TEST_P(BadConfigTest, SaysWhereAndWhy) {
  const ConfigFile file;
  file.Write(GetParam().text);
  const auto config = file.Load();
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(config.status()), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadConfigTest,
    testing::ValuesIn(std::vector<BadRow>{
        {"OutOfRange", "listen:\n  address: 127.0.0.1:0\ntimeouts:\n  connect: 0s\n",
         "config.yaml:4:12: timeouts.connect: must be above zero and at most 24 h"},
        {"OutOfRangeInJson", "{\"timeouts\": {\n  \"connect\": \"0s\"}}",
         "config.yaml:2:14: timeouts.connect: must be above zero and at most 24 h"},
        {"WrongType", "timeouts:\n  connect: fast\n",
         "config.yaml:2:12: timeouts.connect: must be a duration in seconds, such as 1.5s"},
        {"UnknownField", "timeouts:\n  conect: 1s\n",
         "config.yaml:2:3: timeouts.conect: no such field; there are: connect, first_byte, stall, total, "
         "minimum_to_dispatch, drain, heartbeat, write_stall"},
        {"EveryFaultInOrder",
         "log: {level: loud}\nlimits:\n  max_image_mib: 0\n  max_request_mib: lots\nlisten: {port: 1}\n",
         "config.yaml:1:14: log.level: must be debug, info, warn or error\n"
         "config.yaml:3:18: limits.max_image_mib: must be 1 to 200\n"
         "config.yaml:4:20: limits.max_request_mib: must be a whole number, without quotes\n"
         "config.yaml:5:10: listen.port: no such field; there are: address"},
        {"ListElement", "retry:\n  catalog:\n    retry_codes:\n      codes:\n        - 429\n        - 200\n",
         "config.yaml:6:11: retry.catalog.retry_codes.codes[1]: must be an HTTP status from 400 to 599, or "
         "4XX, or "
         "5XX"},
        {"AgainstADefault", "retry:\n  generate:\n    initial_interval: 90s\n",
         "config.yaml:3:5: retry.generate.max_interval: must be at least initial_interval"},
        {"NotYaml", "listen: [\n", "config.yaml:2:1: end of sequence flow not found"},
        {"Binary",
         std::string("\x7f"
                     "ELF\x02\x01\0\0",
                     8),
         "config.yaml:1:1: not a text in UTF-8: control character"},
        {"TooLarge", std::string(kMaxConfigBytes + 1, '#'), "config.yaml: is larger than 64 KiB"},
    }),
    [](const testing::TestParamInfo<BadRow>& row) { return row.param.name; });

TEST(LoadConfig, SetsOnlyWhatTheFileSets) {
  const ConfigFile file;
  file.Write("timeouts:\n  total: 60s\n");
  const auto config = file.Load();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->DebugString(), Parse("timeouts { total { seconds: 60 } }").DebugString());
}

TEST(LoadConfig, AcceptsAnEmptyFileAndTheLargest) {
  const ConfigFile file;
  for (const std::size_t size : {0, kMaxConfigBytes}) {
    file.Write(std::string(size, '#'));
    const auto config = file.Load();
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->ByteSizeLong(), 0u);
  }
}

TEST(LoadConfig, NoFile) {
  const auto config = ConfigFile().Load();
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(config.status()), "config.yaml: no such file");
}

TEST(LoadConfig, Directory) {
  const ConfigFile file;
  std::filesystem::create_directory(file.path());
  EXPECT_EQ(Message(file.Load().status()), "config.yaml: is a directory");
}

TEST(LoadConfig, Unreadable) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser reads every file";
  const ConfigFile file;
  file.Write("log: {}\n");
  std::filesystem::permissions(file.path(), std::filesystem::perms::none);
  EXPECT_EQ(Message(file.Load().status()), "config.yaml: cannot be opened: Permission denied");
}

TEST(LoadConfig, LinkInACircle) {
  const ConfigFile file;
  std::filesystem::create_symlink("config.yaml", file.path());
  EXPECT_EQ(Message(file.Load().status()),
            "config.yaml: cannot be opened: Too many levels of symbolic links");
}

TEST(LoadConfig, DeviceWithoutAnEnd) {
  EXPECT_EQ(Message(LoadConfig("/dev/zero").status()), "/dev/zero: is not a regular file");
}

TEST(DefaultConfig, IsWhatTheSchemaDocuments) {
  Config config = DefaultConfig();
  EXPECT_TRUE(config.retry().generate().has_strategy());
  EXPECT_TRUE(config.retry().catalog().has_strategy());
  config.mutable_retry()->clear_generate();
  config.mutable_retry()->clear_catalog();
  EXPECT_EQ(config.DebugString(),
            Parse("listen { address: '0.0.0.0:50051' }"
                  "upstream { base_url: 'https://openrouter.ai/api/v1' allow_caller_api_keys: false"
                  "  ca_bundle_file: '/etc/ssl/certs/ca-certificates.crt' }"
                  "timeouts { connect { seconds: 5 } stall { seconds: 60 } total { seconds: 300 }"
                  "  minimum_to_dispatch { seconds: 5 } drain { seconds: 180 } heartbeat { seconds: 15 }"
                  "  write_stall { seconds: 30 } }"
                  "limits { max_request_mib: 32 max_image_mib: 64 }"
                  "retry { budget { max_tokens: 40 token_ratio: 0.1 }"
                  "  max_attempts_ceiling: 5 allow_retry_unknown_outcome: false }"
                  "sandbox { enabled: false generation_time {} port: 0 }"
                  "log { level: 'info' }")
                .DebugString());
}

struct EffectiveRow {
  std::string name;
  std::string defaults;
  std::string file;
  std::string effective;
};

void PrintTo(const EffectiveRow& row, std::ostream* os) {
  *os << row.name;
}

class EffectiveTest : public testing::TestWithParam<EffectiveRow> {};

TEST_P(EffectiveTest, TakesWhatTheFileSets) {
  EXPECT_EQ(Effective(Parse(GetParam().defaults), Parse(GetParam().file)).DebugString(),
            Parse(GetParam().effective).DebugString());
}

INSTANTIATE_TEST_SUITE_P(
    Configs, EffectiveTest,
    testing::ValuesIn(std::vector<EffectiveRow>{
        {"NothingSet", "log { level: 'info' }", "", "log { level: 'info' }"},
        {"EmptySection", "log { level: 'info' }", "log {}", "log { level: 'info' }"},
        {"NewSection", "", "log { level: 'info' }", "log { level: 'info' }"},
        {"FieldByField", "sandbox { enabled: true port: 7 }", "sandbox { enabled: false }",
         "sandbox { enabled: false port: 7 }"},
        {"DurationsAreNotMixed",
         "timeouts { connect { seconds: 5 nanos: 7 } minimum_to_dispatch { nanos: 250000000 } }",
         "timeouts { connect { nanos: 9 } minimum_to_dispatch { seconds: 2 } }",
         "timeouts { connect { nanos: 9 } minimum_to_dispatch { seconds: 2 } }"},
        {"ListsAreReplaced", "upstream { allowed_headers: ['a', 'b'] event_loops: 2 }",
         "upstream { allowed_headers: 'c' }", "upstream { allowed_headers: 'c' event_loops: 2 }"},
        {"RetryFieldByField",
         "retry { generate { max_attempts: 3 exponent: 2 retry_codes { codes: ['429', '500'] } } catalog { "
         "max_attempts: 4 } }",
         "retry { generate { strategy: STRATEGY_UNSPECIFIED max_attempts: 1 retry_codes { codes: '503' } } }",
         "retry { generate { max_attempts: 1 exponent: 2 retry_codes { codes: '503' } } catalog { "
         "max_attempts: 4 } }"},
    }),
    [](const testing::TestParamInfo<EffectiveRow>& row) { return row.param.name; });

TEST(PrintConfig, TheDefaultsReadBackEqual) {
  const ConfigFile file;
  file.Write(PrintConfig(DefaultConfig(), EnvironmentKey::kAbsent));
  const auto config = file.Load();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->DebugString(), DefaultConfig().DebugString());
}

TEST(PrintConfig, EverythingSetReadsBackEqual) {
  Config config = DefaultConfig();
  config.MergeFrom(
      Parse("upstream { api_key_file: '/run/key' proxy: 'http://proxy:3128' allowed_headers: ['a', 'b']"
            " event_loops: 3 } timeouts { first_byte { seconds: 9 } }"));
  const ConfigFile file;
  file.Write(PrintConfig(config, EnvironmentKey::kPresent));
  const auto read = file.Load();
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->DebugString(), config.DebugString());
}

TEST(PrintConfig, SaysWhereTheKeyComesFrom) {
  Config config;
  EXPECT_EQ(PrintConfig(config, EnvironmentKey::kAbsent), "# API key: none\n{}\n");
  EXPECT_EQ(PrintConfig(config, EnvironmentKey::kPresent),
            "# API key: from OPENROUTER_API_KEY in the environment\n{}\n");
  config.mutable_upstream()->set_api_key_file("/run/key");
  EXPECT_EQ(PrintConfig(config, EnvironmentKey::kPresent),
            "# API key: from upstream.api_key_file\nupstream:\n  api_key_file: \"/run/key\"\n");
}

TEST(PrintConfig, HidesTheProxysCredentials) {
  for (const auto& [proxy, printed] : std::vector<std::pair<std::string, std::string>>{
           {"http://me:secret@proxy:3128", "http://***@proxy:3128"},
           {"http://me:sec@ret@proxy:3128/a@b", "http://***@proxy:3128/a@b"},
           {"http://secret@proxy", "http://***@proxy"},
           {"http://proxy:3128/a@b", "http://proxy:3128/a@b"},
           {"http://proxy:3128", "http://proxy:3128"}}) {
    Config config;
    config.mutable_upstream()->set_proxy(proxy);
    const std::string text = PrintConfig(config, EnvironmentKey::kAbsent);
    EXPECT_THAT(text, HasSubstr("\"" + printed + "\"")) << proxy;
    EXPECT_THAT(text, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace openrouter_images::config
