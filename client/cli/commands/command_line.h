#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client/cli/report/exit_code.h"

namespace openrouter_images::client::cli {

// Options of every subcommand.
struct GlobalOptions {
  std::string server = "localhost:50051";
  bool tls = false;
  // PEM files; empty: not given.
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  // Holds an OpenRouter API key of the user's own; empty: not given.
  std::string api_key_file;
  bool json = false;
  bool quiet = false;
};

// What is not set is not sent.
struct GenerateOptions {
  std::optional<std::string> prompt;  // "-" reads standard input
  std::optional<std::string> prompt_file;
  std::optional<std::string> model;
  std::optional<int32_t> n;
  std::optional<std::string> size;
  std::optional<std::string> resolution;
  std::optional<std::string> aspect_ratio;
  std::optional<std::string> quality;
  std::optional<std::string> format;
  std::optional<int32_t> compression;
  std::optional<std::string> background;
  std::optional<int64_t> seed;
  std::vector<std::string> references;  // files, and http, https or data URLs
  std::vector<std::string> provider_only;
  std::vector<std::string> provider_order;
  std::vector<std::string> provider_ignore;
  std::optional<std::string> sort;
  std::optional<std::string> session_id;
  std::optional<std::string> user;
  std::vector<std::string> headers;  // "NAME=VALUE"
  std::vector<std::string> labels;   // "KEY=VALUE"
  std::optional<std::string> extra;  // a JSON object
  std::string output;                // a file or a folder; "-" is standard output
  bool force = false;
  bool stream = false;
  std::optional<std::string> previews;  // a folder; implies stream
  bool no_draw = false;
  std::optional<double> timeout_seconds;
  std::optional<double> attempt_timeout_seconds;
  std::optional<int32_t> retries;
  bool retry_unknown_outcome = false;
};

struct ModelsOptions {
  std::string filter;  // empty: all
};

struct EndpointsOptions {
  std::string model;
};

struct HealthOptions {};

struct CommandLine {
  GlobalOptions global;
  std::variant<GenerateOptions, ModelsOptions, EndpointsOptions, HealthOptions> command;
};

// Nothing to run: help or version (kOk), or wrong usage (kInvalid).
struct CommandLineEnd {
  ExitCode code = ExitCode::kOk;
  std::string text;
  bool json = false;
};

// Reads arguments and the environment variable OPENROUTER_IMAGES_SERVER. Global options may come before or
// after the subcommand.
std::variant<CommandLine, CommandLineEnd> ParseCommandLine(int argc, const char* const* argv);

}  // namespace openrouter_images::client::cli
