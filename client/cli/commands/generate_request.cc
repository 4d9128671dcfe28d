#include "client/cli/commands/generate_request.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <iterator>
#include <string>

#include "client/cli/commands/usage_error.h"
#include "client/cli/files/read_file.h"

namespace openrouter_images::client::cli {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string ReadPrompt(const GenerateOptions& options, std::istream& input) {
  std::string prompt;
  if (options.prompt_file.has_value()) {
    prompt = ReadFile(*options.prompt_file, "prompt");
  } else if (options.prompt == "-") {
    prompt.assign(std::istreambuf_iterator<char>(input), {});
  } else if (options.prompt.has_value()) {
    return *options.prompt;
  }
  // Files and pipes end in a newline that nobody means.
  prompt.erase(prompt.find_last_not_of(kBlanks) + 1);
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

void AddHeader(const std::string& header, v1::CallOptions& call) {
  const size_t equals = header.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("--header wants NAME=VALUE, not {}.", header));
  }
  (*call.mutable_headers())[header.substr(0, equals)] = header.substr(equals + 1);
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
  if (options.retry_unknown_outcome)
    request.mutable_options()->mutable_retry()->set_retry_unknown_outcome(true);
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
  if (options.format.has_value()) spec.set_output_format(*options.format);
  if (options.compression.has_value()) spec.set_output_compression(*options.compression);
  if (options.background.has_value()) spec.set_background(*options.background);
  if (options.seed.has_value()) spec.set_seed(*options.seed);
  if (options.session_id.has_value()) spec.set_session_id(*options.session_id);
  if (options.user.has_value()) spec.set_user(*options.user);
  for (const std::string& source : options.references) AddReference(source, spec);
  AddProvider(options, spec);
  if (options.extra.has_value()) AddExtra(*options.extra, spec);
  for (const std::string& header : options.headers) AddHeader(header, *request.mutable_options());
  AddRetry(options, request);
  return request;
}

}  // namespace openrouter_images::client::cli
