#include "client/cli/commands/generate_request.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "client/cli/commands/usage_error.h"
#include "client/cli/files/file_name.h"
#include "client/cli/files/read_file.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::string_view kBlanks = " \t\r\n";

std::string ReadPrompt(const GenerateOptions& options, std::istream& input) {
  std::string prompt;
  if (options.prompt_file.has_value()) {
    prompt = ReadFile(*options.prompt_file, "prompt");
  } else if (options.prompt == "-") {
    prompt.assign(std::istreambuf_iterator<char>(input), {});
  } else if (options.prompt.has_value()) {
    prompt = *options.prompt;
  }
  if (const std::optional<size_t> at = FirstInvalidUtf8(prompt)) {
    throw UsageError(fmt::format(
        "The prompt is not valid UTF-8 from byte {} on. Convert it first, for instance with iconv.",
        *at + 1));
  }
  // Files and pipes end in a newline that nobody means.
  if (options.prompt_file.has_value() || options.prompt == "-") {
    prompt.erase(prompt.find_last_not_of(kBlanks) + 1);
  }
  return prompt;
}

bool IsUrl(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("data:");
}

void AddReference(const std::string& source, v1::ImageSpec& spec) {
  v1::InputReference& reference = *spec.add_input_references();
  if (IsUrl(source)) {
    reference.set_url(source);
    return;
  }
  reference.mutable_inline_()->set_data(ReadFile(source, "reference image"));
  if (reference.inline_().data().empty())
    throw UsageError(fmt::format("The reference image {} is empty.", source));
}

void AddProvider(const GenerateOptions& options, v1::ImageSpec& spec) {
  for (const std::string& slug : options.provider_only) spec.mutable_provider()->add_only(slug);
  for (const std::string& slug : options.provider_order) spec.mutable_provider()->add_order(slug);
  for (const std::string& slug : options.provider_ignore) spec.mutable_provider()->add_ignore(slug);
  if (options.sort.has_value()) spec.mutable_provider()->set_sort(*options.sort);
}

// Adds "NAME=VALUE" to a map.
template <typename Map>
void AddPair(std::string_view option, const std::string& pair, Map& map) {
  const size_t equals = pair.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("{} wants NAME=VALUE, not {}.", option, Printable(pair)));
  }
  map[pair.substr(0, equals)] = pair.substr(equals + 1);
}

void AddExtra(const std::string& json, v1::ImageSpec& spec) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, spec.mutable_additional_fields());
  if (!status.ok()) throw UsageError("--extra wants a JSON object: " + std::string(status.message()));
}

void AddRetry(const GenerateOptions& options, v1::GenerateImagesRequest& request) {
  if (options.retries.has_value()) {
    v1::RetryOptions& retry = *request.mutable_options()->mutable_retry();
    retry.set_strategy(*options.retries == 0 ? v1::RetryOptions::STRATEGY_NONE
                                             : v1::RetryOptions::STRATEGY_BACKOFF);
    retry.set_max_attempts(*options.retries + 1);
  }
  if (options.attempt_timeout_seconds.has_value()) {
    *request.mutable_options()->mutable_retry()->mutable_attempt_timeout() =
        TimeUtil::MillisecondsToDuration(static_cast<int64_t>(*options.attempt_timeout_seconds * 1000.0));
  }
  if (options.retry_unknown_outcome) {
    request.mutable_options()->mutable_retry()->set_retry_unknown_outcome(true);
  }
}

// The format that the name of the output asks for; empty for a folder, a device, and a name that says
// nothing.
std::string_view FormatOfOutput(const std::string& output) {
  std::error_code error;
  const std::filesystem::file_type type = std::filesystem::status(output, error).type();
  if (type != std::filesystem::file_type::regular && type != std::filesystem::file_type::not_found) return {};
  const std::string name = std::filesystem::path(output).filename().string();
  const std::string_view format = FormatOfName(name);
  if (format.empty() && IsImageName(name)) {
    throw UsageError(
        fmt::format("No model makes files like {}. Use .png, .jpg, .webp or .svg, or say what to make with "
                    "--format.",
                    Printable(name)));
  }
  return format;
}

}  // namespace

v1::GenerateImagesRequest BuildGenerateRequest(const GenerateOptions& options, std::istream& input) {
  if (!options.model.has_value()) {
    throw UsageError("Which model? Name one with --model; `openrouter-images models` lists them.");
  }
  v1::GenerateImagesRequest request;
  v1::ImageSpec& spec = *request.mutable_image();
  spec.set_model(*options.model);
  spec.set_prompt(ReadPrompt(options, input));
  if (spec.prompt().empty()) {
    throw UsageError("What is to be drawn? Give a prompt in quotes, - for standard input, or --prompt-file.");
  }
  if (options.n.has_value()) spec.set_n(*options.n);
  if (options.size.has_value()) spec.set_size(*options.size);
  if (options.resolution.has_value()) spec.set_resolution(*options.resolution);
  if (options.aspect_ratio.has_value()) spec.set_aspect_ratio(*options.aspect_ratio);
  if (options.quality.has_value()) spec.set_quality(*options.quality);
  if (options.format.has_value()) {
    spec.set_output_format(*options.format);
  } else if (const std::string_view format = FormatOfOutput(options.output); !format.empty()) {
    spec.set_output_format(std::string(format));
  }
  if (options.compression.has_value()) spec.set_output_compression(*options.compression);
  if (options.background.has_value()) spec.set_background(*options.background);
  if (options.seed.has_value()) spec.set_seed(*options.seed);
  if (options.session_id.has_value()) spec.set_session_id(*options.session_id);
  if (options.user.has_value()) spec.set_user(*options.user);
  for (const std::string& source : options.references) AddReference(source, spec);
  AddProvider(options, spec);
  if (options.extra.has_value()) AddExtra(*options.extra, spec);
  for (const std::string& header : options.headers) {
    AddPair("--header", header, *request.mutable_options()->mutable_headers());
  }
  for (const std::string& label : options.labels) {
    AddPair("--label", label, *request.mutable_options()->mutable_labels());
  }
  AddRetry(options, request);
  return request;
}

}  // namespace openrouter_images::client::cli
