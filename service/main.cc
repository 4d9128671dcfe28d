// openrouter-images-server: reads flags and configuration, runs the service until a signal ends it.
#include <absl/flags/flag.h>
#include <absl/flags/parse.h>
#include <absl/flags/usage.h>
#include <absl/flags/usage_config.h>
#include <absl/random/random.h>
#include <absl/status/statusor.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/base/clock.h"
#include "service/base/duration.h"
#include "service/config/config.h"
#include "service/config/config_check.h"
#include "service/sandbox_upstream.h"
#include "service/server/server.h"
#include "service/telemetry/json_log.h"

ABSL_FLAG(std::string, config, "", "Configuration file, YAML or JSON; its schema is config.proto.");
ABSL_FLAG(std::optional<std::string>, listen, std::nullopt,
          "Where callers connect, HOST:PORT; port 0 takes a free one.");
ABSL_FLAG(std::optional<std::string>, upstream_url, std::nullopt, "Root of the REST API.");
ABSL_FLAG(std::optional<std::string>, api_key_file, std::nullopt,
          "File that holds the API key; without it OPENROUTER_API_KEY is used.");
ABSL_FLAG(bool, sandbox, false, "Use the embedded upstream: no key, no money, drawn images.");
ABSL_FLAG(bool, print_config, false, "Print the effective configuration and exit.");

namespace openrouter_images::server {
namespace {

// Flags win over the file, the file over the defaults.
absl::StatusOr<config::v1::Config> EffectiveConfig() {
  config::v1::Config config = config::DefaultConfig();
  if (const std::string path = absl::GetFlag(FLAGS_config); !path.empty()) {
    auto loaded = config::LoadConfig(path);
    if (!loaded.ok()) return loaded.status();
    config = config::Effective(config, *loaded);
  }
  if (const auto listen = absl::GetFlag(FLAGS_listen)) config.mutable_listen()->set_address(*listen);
  if (const auto url = absl::GetFlag(FLAGS_upstream_url)) config.mutable_upstream()->set_base_url(*url);
  if (const auto file = absl::GetFlag(FLAGS_api_key_file)) config.mutable_upstream()->set_api_key_file(*file);
  if (absl::GetFlag(FLAGS_sandbox)) {
    if (absl::GetFlag(FLAGS_upstream_url)) {
      return absl::InvalidArgumentError("--sandbox and --upstream_url exclude each other");
    }
    config.mutable_sandbox()->set_enabled(true);
  }
  // The file is valid, so any violation comes from a flag.
  limits::Violations violations;
  config::Validate(config, violations);
  if (violations.empty()) return config;
  const auto line = [](std::string* text, const limits::FieldViolation& violation) {
    absl::StrAppend(text, violation.field, ": ", violation.description);
  };
  return absl::InvalidArgumentError(absl::StrJoin(violations, "\n", line));
}

// The sandbox takes any key.
constexpr char kSandboxKey[] = "sandbox-key";

std::optional<std::string> KeyOfEnvironment() {
  const char* key = std::getenv("OPENROUTER_API_KEY");
  if (key == nullptr || *key == '\0') return std::nullopt;
  return key;
}

std::uint64_t RandomBits() {
  thread_local absl::BitGen generator;
  return absl::Uniform<std::uint64_t>(generator);
}

int Run() {
  auto config = EffectiveConfig();
  if (!config.ok()) {
    std::cerr << config.status().message() << '\n';
    return EXIT_FAILURE;
  }
  const std::optional<std::string> environment_key = KeyOfEnvironment();
  if (absl::GetFlag(FLAGS_print_config)) {
    std::cout << config::PrintConfig(
        *config, environment_key ? config::EnvironmentKey::kPresent : config::EnvironmentKey::kAbsent);
    return EXIT_SUCCESS;
  }

  // libcurl does not handle signals here, so a write to a broken connection must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  boost::asio::io_context signals_context;
  boost::asio::signal_set signals(signals_context, SIGINT, SIGTERM);

  base::SystemClock clock;
  telemetry::JsonLog log(std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                         spdlog::level::from_str(config->log().level()), clock);
  // Outlives the server, which has connections to it.
  SandboxUpstream sandbox;
  std::optional<std::string> api_key = environment_key;
  if (config->sandbox().enabled()) {
    auto started = StartSandbox(config->sandbox());
    if (!started.ok()) {
      std::cerr << started.status().message() << '\n';
      return EXIT_FAILURE;
    }
    sandbox = *std::move(started);
    config->mutable_upstream()->set_base_url(sandbox.base_url);
    if (!api_key) api_key = kSandboxKey;
  }
  auto server = Server::Start(*config, {log, clock, RandomBits, api_key});
  if (!server.ok()) {
    std::cerr << server.status().message() << '\n';
    return EXIT_FAILURE;
  }
  if (config->sandbox().enabled()) {
    log.Write(spdlog::level::info, "sandbox", {{"base_url", sandbox.base_url}});
  }
  if (!api_key && !config->upstream().has_api_key_file()) {
    log.Write(
        spdlog::level::warn, "no_api_key",
        {{"advice", config->upstream().allow_caller_api_keys()
                        ? "set OPENROUTER_API_KEY or --api_key_file; until then only callers with a key "
                          "of their own get images"
                        : "set OPENROUTER_API_KEY or --api_key_file; until then nobody gets images"}});
  }
  log.Write(spdlog::level::info, "listening", {{"address", (*server)->address()}});

  signals.async_wait([&](const boost::system::error_code&, int signal) {
    log.Write(spdlog::level::info, "draining", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
    // A second signal ends the process at once.
    signals.clear();
  });
  signals_context.run();
  (*server)->Drain(base::ToMilliseconds(config->timeouts().drain()));
  log.Write(spdlog::level::info, "stopped", {{"dropped_log_lines", log.dropped()}});
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace openrouter_images::server

int main(int argc, char** argv) {
  // gRPC writes to standard error by itself, and waits for it: a pipe that nobody reads would stop every
  // call. Who debugs sets the variable.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  absl::SetProgramUsageMessage("gRPC service in front of OpenRouter's Images API.");
  // --help lists the flags of this file, not those of every library.
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = [](absl::string_view file) { return absl::EndsWith(file, "service/main.cc"); };
  usage.version_string = [] { return "openrouter-images-server " SERVER_VERSION "\n"; };
  absl::SetFlagsUsageConfig(usage);
  if (absl::ParseCommandLine(argc, argv).size() > 1) {
    std::cerr << "arguments without a flag are not understood; see --help\n";
    return EXIT_FAILURE;
  }
  return openrouter_images::server::Run();
}
