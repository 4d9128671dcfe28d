#include "client/cli/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

namespace openrouter_images::client::cli {
namespace {

constexpr char kAbout[] =
    "Makes images with the models of OpenRouter, through an images server.\n\n"
    "  openrouter-images models\n"
    "  openrouter-images generate \"a red panda astronaut\" --model bytedance-seed/seedream-4.5\n";

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("--server", options.server, "The images server [localhost:50051]")
      ->envname("OPENROUTER_IMAGES_SERVER")
      ->type_name("HOST:PORT");
  app.add_flag("--tls", options.tls, "Connect with TLS");
  app.add_option("--ca", options.ca_file, "PEM file of the authorities to trust (implies --tls)")
      ->type_name("FILE");
  auto* certificate =
      app.add_option("--cert", options.certificate_file, "PEM file of your own certificate (implies --tls)")
          ->type_name("FILE");
  auto* key = app.add_option("--key", options.key_file, "PEM file of its key")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  app.add_flag("--json", options.json, "One JSON object on standard output, errors too");
  app.add_flag("-q,--quiet", options.quiet, "No progress and no notes; generate prints paths only");
}

void AddImage(CLI::App& command, GenerateOptions& options) {
  const std::string group = "Image";
  command.add_option("-m,--model", options.model, "Required; `openrouter-images models` lists them")
      ->type_name("AUTHOR/SLUG")
      ->group(group);
  command.add_option("-n,--n", options.n, "At most this many images, 1 to 10 [1]")
      ->type_name("N")
      ->group(group);
  command.add_option("--size", options.size, "2K, 2048x2048, ...")->type_name("SIZE")->group(group);
  command.add_option("--resolution", options.resolution, "512, 1K, 2K, 4K")->type_name("TIER")->group(group);
  command.add_option("--aspect-ratio", options.aspect_ratio, "1:1, 16:9, auto, ...")
      ->type_name("W:H")
      ->group(group);
  command.add_option("--quality", options.quality, "auto, low, medium, high, xhigh, max")
      ->type_name("QUALITY")
      ->group(group);
  command.add_option("--format", options.format, "png, jpeg, webp, svg")->type_name("FORMAT")->group(group);
  command.add_option("--compression", options.compression, "Quality of jpeg and webp, 0 to 100")
      ->type_name("PERCENT")
      ->group(group);
  command.add_option("--background", options.background, "auto, transparent, opaque")
      ->type_name("KIND")
      ->group(group);
  command.add_option("--seed", options.seed, "For the same image again")->type_name("NUMBER")->group(group);
  command.add_option("-r,--reference", options.references, "An image to start from; repeatable, at most 16")
      ->type_name("FILE|URL")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
}

void AddRouting(CLI::App& command, GenerateOptions& options) {
  const std::string group = "Routing";
  auto add_slugs = [&](const char* name, std::vector<std::string>& slugs, const char* text) {
    command.add_option(name, slugs, text)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("SLUGS")
        ->group(group);
  };
  add_slugs("--provider-only", options.provider_only, "Only these providers");
  add_slugs("--provider-order", options.provider_order, "Try these providers in this order");
  add_slugs("--provider-ignore", options.provider_ignore, "Not these providers");
  command.add_option("--sort", options.sort, "Prefer by price, throughput, latency, exacto")
      ->type_name("BY")
      ->group(group);
  command.add_option("--session-id", options.session_id, "Groups related calls")
      ->type_name("ID")
      ->group(group);
  command.add_option("--user", options.user, "Stable name of the end user")->type_name("NAME")->group(group);
  command
      .add_option("--header", options.headers,
                  "Extra header for OpenRouter, if the server allows it; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--extra", options.extra, "Request fields newer than this tool")
      ->type_name("JSON")
      ->group(group);
}

void AddCall(CLI::App& command, GenerateOptions& options) {
  const std::string group = "Call";
  command.add_option("--timeout", options.timeout_seconds, "Give up after this time [300]")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->group(group);
  command
      .add_option("--retries", options.retries,
                  "Repeat up to N times what is free to repeat [as the server is set]")
      ->type_name("N")
      ->check(CLI::Range(0, 9).description(""))
      ->group(group);
  command
      .add_flag("--retry-unknown-outcome", options.retry_unknown_outcome,
                "Also repeat what may have been billed: may pay twice")
      ->group(group);
}

CLI::App* AddGenerate(CLI::App& app, GenerateOptions& options) {
  CLI::App* command = app.add_subcommand("generate", "Make images and save them");
  auto* prompt = command->add_option("PROMPT", options.prompt, "What to draw; - reads standard input");
  prompt->type_name("");
  command->add_option("--prompt-file", options.prompt_file, "Read the prompt from a file")
      ->type_name("FILE")
      ->excludes(prompt);
  command->add_option("-o,--output", options.output, "File, or folder for names made from the prompt [.]")
      ->type_name("PATH|DIR");
  command->add_flag("-f,--force", options.force, "Replace files that exist");
  command->add_flag("--stream", options.stream, "Receive the image in pieces, and see how far it is");
  command->add_option("--previews", options.previews, "Save previews in this folder (implies --stream)")
      ->type_name("DIR");
  command->add_flag("--no-draw", options.no_draw, "Do not draw the image in the terminal");
  AddImage(*command, options);
  AddRouting(*command, options);
  AddCall(*command, options);
  return command;
}

std::string UsageText(const CLI::ParseError& error) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    text += ". A prompt of several words needs quotes";
  }
  return text + ". See openrouter-images --help.";
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
      ->type_name("TEXT");
  CLI::App* endpoints_command =
      app.add_subcommand("endpoints", "Show the providers of one model, with prices and parameters");
  endpoints_command->add_option("MODEL", endpoints.model, "AUTHOR/SLUG")->required()->type_name("");
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
    return CommandLineEnd{ExitCode::kInvalid, UsageText(error), json};
  }
  if (generate_command->parsed()) return CommandLine{global, generate};
  if (models_command->parsed()) return CommandLine{global, models};
  if (endpoints_command->parsed()) return CommandLine{global, endpoints};
  return CommandLine{global, HealthOptions{}};
}

}  // namespace openrouter_images::client::cli
