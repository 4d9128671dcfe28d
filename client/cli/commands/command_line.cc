#include "client/cli/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <string_view>

#include "client/cli/commands/option_checks.h"
#include "client/cli/commands/usage_text.h"
#include "openrouter_images/v1/image_spec.pb.h"
#include "openrouter_images/v1/limits.pb.h"
#include "openrouter_images/v1/retry.pb.h"

namespace openrouter_images::client::cli {
namespace {

constexpr double kLongestTimeoutSeconds = 86400;

constexpr char kAbout[] =
    "Makes images with the models of OpenRouter, through an images server.\n\n"
    "  openrouter-images models\n"
    "  openrouter-images generate \"a red panda astronaut\" --model bytedance-seed/seedream-4.5\n";

// What the contract allows.
const v1::FieldLimits& LimitsOf(const google::protobuf::Descriptor* message, const char* field) {
  return message->FindFieldByName(field)->options().GetExtension(v1::limits);
}

CLI::Validator NumberWithin(const v1::FieldLimits& limits, int64_t offset = 0) {
  return WholeNumber(static_cast<int64_t>(limits.min()) + offset,
                     static_cast<int64_t>(limits.max()) + offset);
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("--server", options.server, "The images server [localhost:50051]")
      ->envname("OPENROUTER_IMAGES_SERVER")
      ->type_name("HOST:PORT")
      ->check(Utf8());
  app.add_flag("--tls", options.tls, "Connect with TLS");
  app.add_option("--ca", options.ca_file, "PEM file of the authorities to trust (implies --tls)")
      ->type_name("FILE");
  auto* certificate =
      app.add_option("--cert", options.certificate_file, "PEM file of your own certificate (implies --tls)")
          ->type_name("FILE");
  auto* key = app.add_option("--key", options.key_file, "PEM file of its key")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--api-key-file", options.api_key_file,
                 "Bill your own OpenRouter key, in this file or in OPENROUTER_IMAGES_API_KEY")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "One JSON object on standard output, errors too");
  app.add_flag("-q,--quiet", options.quiet, "No progress and no notes; generate prints paths only");
}

// Adds options of one group.
class Group {
 public:
  Group(CLI::App& command, std::string name) : command_(command), name_(std::move(name)) {}

  template <typename Value>
  CLI::Option* Add(const char* names, Value& value, const char* type, const char* text) {
    return command_.add_option(names, value, text)->type_name(type)->group(name_);
  }
  template <typename Value>
  CLI::Option* AddText(const char* names, Value& value, const char* type, const char* text) {
    return Add(names, value, type, text)->check(Utf8());
  }
  // May be given several times, with one value each.
  CLI::Option* AddTexts(const char* names, std::vector<std::string>& values, const char* type,
                        const char* text) {
    return AddText(names, values, type, text)->allow_extra_args(false);
  }
  CLI::Option* AddFlag(const char* names, bool& value, const char* text) {
    return command_.add_flag(names, value, text)->group(name_);
  }

 private:
  CLI::App& command_;
  std::string name_;
};

void AddImage(CLI::App& command, GenerateOptions& options) {
  Group group(command, "Image");
  const auto* spec = v1::ImageSpec::descriptor();
  group.AddText("-m,--model", options.model, "AUTHOR/SLUG",
                "Required; `openrouter-images models` lists them");
  group.Add("-n,--n", options.n, "N", "At most this many images, 1 to 10 [1]")
      ->transform(NumberWithin(LimitsOf(spec, "n")));
  group.AddText("--size", options.size, "SIZE", "2K, 2048x2048, ...");
  group.AddText("--resolution", options.resolution, "TIER", "512, 1K, 2K, 4K");
  group.AddText("--aspect-ratio", options.aspect_ratio, "W:H", "1:1, 16:9, auto, ...");
  group.AddText("--quality", options.quality, "QUALITY", "auto, low, medium, high, xhigh, max");
  group.AddText("--format", options.format, "FORMAT", "png, jpeg, webp, svg [by the name of --output]");
  group.Add("--compression", options.compression, "PERCENT", "Quality of jpeg and webp, 0 to 100")
      ->transform(NumberWithin(LimitsOf(spec, "output_compression")));
  group.AddText("--background", options.background, "KIND", "auto, transparent, opaque");
  group.Add("--seed", options.seed, "NUMBER", "For the same image again")
      ->transform(WholeNumber(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()));
  group
      .Add("-r,--reference", options.references, "FILE|URL", "An image to start from; repeatable, at most 16")
      ->allow_extra_args(false);
}

void AddRouting(CLI::App& command, GenerateOptions& options) {
  Group group(command, "Routing");
  group.AddTexts("--provider-only", options.provider_only, "SLUGS", "Only these providers")->delimiter(',');
  group.AddTexts("--provider-order", options.provider_order, "SLUGS", "Try these providers in this order")
      ->delimiter(',');
  group.AddTexts("--provider-ignore", options.provider_ignore, "SLUGS", "Not these providers")
      ->delimiter(',');
  group.AddText("--sort", options.sort, "BY", "Prefer by price, throughput, latency, exacto");
  group.AddText("--session-id", options.session_id, "ID", "Groups related calls");
  group.AddText("--user", options.user, "NAME", "Stable name of the end user");
  group.AddTexts("--header", options.headers, "NAME=VALUE",
                 "Extra header for OpenRouter, if the server allows it; repeatable");
  group.AddText("--extra", options.extra, "JSON", "Request fields newer than this tool");
}

void AddCall(CLI::App& command, GenerateOptions& options) {
  Group group(command, "Call");
  const auto* retry = v1::RetryOptions::descriptor();
  group.Add("--timeout", options.timeout_seconds, "SECONDS", "Give up after this time [300]")
      ->check(Seconds(kLongestTimeoutSeconds));
  group
      .Add("--retries", options.retries, "N",
           "Repeat up to N times what is free to repeat [as the server is set]")
      ->transform(NumberWithin(LimitsOf(retry, "max_attempts"), -1));
  group
      .Add("--attempt-timeout", options.attempt_timeout_seconds, "SECONDS",
           "Give up on one attempt after this time")
      ->check(Seconds(LimitsOf(retry, "attempt_timeout").max()));
  group.AddFlag("--retry-unknown-outcome", options.retry_unknown_outcome,
                "Also repeat what may have been billed: may pay twice");
  group.AddTexts("--label", options.labels, "KEY=VALUE", "For the server's log; repeatable");
}

CLI::App* AddGenerate(CLI::App& app, GenerateOptions& options) {
  CLI::App* command = app.add_subcommand("generate", "Make images and save them");
  auto* prompt = command->add_option("PROMPT", options.prompt, "What to draw; - reads standard input");
  prompt->type_name("");
  command->add_option("--prompt-file", options.prompt_file, "Read the prompt from a file")
      ->type_name("FILE")
      ->excludes(prompt);
  command
      ->add_option("-o,--output", options.output,
                   "File, or folder for names made from the prompt; - is standard output [.]")
      ->type_name("PATH|DIR");
  command->add_flag("-f,--force", options.force, "Replace files that exist; write to a terminal");
  command->add_flag("--stream", options.stream, "Receive the image in pieces, and see how far it is");
  command->add_option("--previews", options.previews, "Save previews in this folder (implies --stream)")
      ->type_name("DIR");
  command->add_flag("--no-draw", options.no_draw, "Do not draw the image in the terminal");
  AddImage(*command, options);
  AddRouting(*command, options);
  AddCall(*command, options);
  return command;
}

}  // namespace

std::variant<CommandLine, CommandLineEnd> ParseCommandLine(int argc, const char* const* argv) {
  GlobalOptions global;
  GenerateOptions generate;
  ModelsOptions models;
  EndpointsOptions endpoints;

  CLI::App app(kAbout, "openrouter-images");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(ExitCodeHelp());
  app.get_formatter()->column_width(34);
  app.set_version_flag("--version", std::string("openrouter-images ") + OPENROUTER_IMAGES_VERSION);
  AddGlobalOptions(app, global);

  CLI::App* generate_command = AddGenerate(app, generate);
  CLI::App* models_command =
      app.add_subcommand("models", "List the models that make images, and what they accept");
  models_command
      ->add_option("--filter", models.filter, "Only models whose id or name holds this, in any case")
      ->type_name("TEXT")
      ->check(Utf8());
  CLI::App* endpoints_command =
      app.add_subcommand("endpoints", "Show the providers of one model, with prices and parameters");
  endpoints_command->add_option("MODEL", endpoints.model, "AUTHOR/SLUG")
      ->required()
      ->type_name("")
      ->check(Utf8());
  app.add_subcommand("health", "Ask whether the server is ready");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    return CommandLineEnd{ExitCode::kOk, std::string(version.what()) + "\n", false};
  } catch (const CLI::CallForHelp&) {
    return CommandLineEnd{ExitCode::kOk, app.help(), false};
  } catch (const CLI::ParseError& error) {
    // Parsing may have stopped before it came to the flag.
    const bool json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    return CommandLineEnd{ExitCode::kInvalid, UsageText(app, error), json};
  }
  if (generate_command->parsed()) return CommandLine{global, generate};
  if (models_command->parsed()) return CommandLine{global, models};
  if (endpoints_command->parsed()) return CommandLine{global, endpoints};
  return CommandLine{global, HealthOptions{}};
}

}  // namespace openrouter_images::client::cli
