#pragma once

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "openrouter_images/config/v1/config.pb.h"

namespace openrouter_images::config {

// The configuration in three steps:
//
//   const auto file = LoadConfig("/etc/openrouter-images/config.yaml");
//   if (!file.ok()) { report file.status().message(); exit; }
//   const v1::Config config = Effective(DefaultConfig(), *file);

// The largest file that LoadConfig reads.
inline constexpr int kMaxConfigBytes = 64 * 1024;

// Reads a YAML or JSON file in the shape of config.proto; only the fields that it sets are set. An empty file
// sets none. The file is checked as it will take effect, on top of DefaultConfig. Errors: NOT_FOUND, or
// INVALID_ARGUMENT for a file that cannot be used; the message holds one line for each problem, in the order
// of the text, as
//   config.yaml:12:12: timeouts.connect: must be above zero and at most 24 h
// and never a value from the file.
absl::StatusOr<v1::Config> LoadConfig(const std::filesystem::path& path);

// Every default that config.proto documents. Fields whose absence has a meaning stay unset:
// upstream.api_key_file, upstream.proxy, upstream.allowed_headers, upstream.event_loops (one per core),
// upstream.attribution, timeouts.first_byte and retry.*.attempt_timeout (no limit).
v1::Config DefaultConfig();

// `defaults` with what `file` sets, field by field; lists are replaced.
v1::Config Effective(const v1::Config& defaults, const v1::Config& file);

// Where the service's own key comes from when upstream.api_key_file is not set.
enum class EnvironmentKey { kAbsent, kPresent };

// YAML that LoadConfig reads back, after one comment that says where the key comes from. Neither the key nor
// the credentials in upstream.proxy are printed.
std::string PrintConfig(const v1::Config& config, EnvironmentKey environment_key);

}  // namespace openrouter_images::config
