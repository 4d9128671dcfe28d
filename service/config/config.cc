#include "service/config/config.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "service/base/overlay.h"
#include "service/base/read_file.h"
#include "service/config/config_check.h"
#include "service/config/yaml_message.h"
#include "service/retry/retry_options.h"

namespace openrouter_images::config {
namespace {

using google::protobuf::util::TimeUtil;
using v1::Config;

// Location of the field, or of the nearest field around it in the text.
Location Find(const YamlReading& reading, std::string_view field) {
  while (!field.empty()) {
    const auto found = reading.locations.find(field);
    if (found != reading.locations.end()) return found->second;
    const std::size_t end = field.find_last_of(".[");
    field = end == field.npos ? std::string_view() : field.substr(0, end);
  }
  return {};
}

std::string Describe(const std::string& name, const YamlProblem& problem) {
  std::string text = name;
  if (problem.location.line > 0) {
    text += ":" + std::to_string(problem.location.line) + ":" + std::to_string(problem.location.column);
  }
  if (!problem.field.empty()) text += ": " + problem.field;
  return text + ": " + problem.reason;
}

// "http://user:password@host" without what is before the "@".
std::string WithoutCredentials(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find('/', host), url.size());
  const std::size_t at = url.rfind('@', end);
  if (at == url.npos || at < host) return url;
  return url.substr(0, host) + "***" + url.substr(at);
}

}  // namespace

absl::StatusOr<Config> LoadConfig(const std::filesystem::path& path) {
  const absl::StatusOr<std::string> text = base::ReadFile(path, kMaxConfigBytes);
  if (!text.ok()) {
    const absl::StatusCode code =
        absl::IsNotFound(text.status()) ? absl::StatusCode::kNotFound : absl::StatusCode::kInvalidArgument;
    return absl::Status(code, absl::StrCat(path.string(), ": ", text.status().message()));
  }

  Config config;
  YamlReading reading = ReadYaml(*text, config);
  limits::Violations violations;
  Validate(Effective(DefaultConfig(), config), violations);
  for (const auto& [field, description] : violations) {
    reading.problems.push_back({Find(reading, field), field, description});
  }
  if (reading.problems.empty()) return config;

  const auto place = [](const YamlProblem& problem) {
    return std::tie(problem.location.line, problem.location.column);
  };
  std::stable_sort(reading.problems.begin(), reading.problems.end(),
                   [&](const YamlProblem& a, const YamlProblem& b) { return place(a) < place(b); });
  std::string message;
  for (const YamlProblem& problem : reading.problems) {
    message += (message.empty() ? "" : "\n") + Describe(path.string(), problem);
  }
  return absl::InvalidArgumentError(message);
}

Config DefaultConfig() {
  Config config;
  config.mutable_listen()->set_address("0.0.0.0:50051");

  v1::Upstream& upstream = *config.mutable_upstream();
  upstream.set_base_url("https://openrouter.ai/api/v1");
  upstream.set_ca_bundle_file("/etc/ssl/certs/ca-certificates.crt");
  upstream.set_allow_caller_api_keys(false);

  v1::Timeouts& timeouts = *config.mutable_timeouts();
  *timeouts.mutable_connect() = TimeUtil::SecondsToDuration(5);
  *timeouts.mutable_stall() = TimeUtil::SecondsToDuration(60);
  *timeouts.mutable_total() = TimeUtil::SecondsToDuration(300);
  *timeouts.mutable_minimum_to_dispatch() = TimeUtil::SecondsToDuration(5);
  *timeouts.mutable_drain() = TimeUtil::SecondsToDuration(180);
  *timeouts.mutable_heartbeat() = TimeUtil::SecondsToDuration(15);
  *timeouts.mutable_write_stall() = TimeUtil::SecondsToDuration(30);

  config.mutable_limits()->set_max_request_mib(32);
  config.mutable_limits()->set_max_image_mib(64);

  *config.mutable_retry()->mutable_generate() = retry::DefaultGenerateRetries();
  *config.mutable_retry()->mutable_catalog() = retry::DefaultCatalogRetries();
  config.mutable_retry()->mutable_budget()->set_max_tokens(40);
  config.mutable_retry()->mutable_budget()->set_token_ratio(0.1);
  config.mutable_retry()->set_max_attempts_ceiling(5);
  config.mutable_retry()->set_allow_retry_unknown_outcome(false);

  config.mutable_sandbox()->set_enabled(false);
  *config.mutable_sandbox()->mutable_generation_time() = TimeUtil::SecondsToDuration(0);
  config.mutable_sandbox()->set_port(0);

  config.mutable_log()->set_level("info");
  return config;
}

Config Effective(const Config& defaults, const Config& file) {
  return base::Overlay(defaults, file);
}

std::string PrintConfig(const Config& config, EnvironmentKey environment_key) {
  std::string comment = "# API key: none\n";
  if (config.upstream().has_api_key_file()) {
    comment = "# API key: from upstream.api_key_file\n";
  } else if (environment_key == EnvironmentKey::kPresent) {
    comment = "# API key: from OPENROUTER_API_KEY in the environment\n";
  }
  Config printed = config;
  if (config.upstream().has_proxy()) {
    printed.mutable_upstream()->set_proxy(WithoutCredentials(config.upstream().proxy()));
  }
  return comment + WriteYaml(printed);
}

}  // namespace openrouter_images::config
