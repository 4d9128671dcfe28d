#include "client/cli/commands/generate_command.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "client/cli/commands/generate_outcome.h"
#include "client/cli/commands/generate_request.h"
#include "client/cli/commands/saving_listener.h"
#include "client/cli/commands/usage_error.h"
#include "client/cli/files/file_error.h"
#include "client/cli/files/output_place.h"
#include "client/cli/files/sink.h"
#include "client/cli/report/stream_progress.h"
#include "client/cli/terminal/progress_line.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

using Clock = std::chrono::steady_clock;

CallSettings SettingsOf(const GenerateRun& run) {
  CallSettings settings = run.session.settings();
  if (run.options.timeout_seconds.has_value()) {
    settings.timeout = std::chrono::milliseconds(static_cast<int64_t>(*run.options.timeout_seconds * 1000.0));
  }
  return settings;
}

ProgressLine MakeProgressLine(const GenerateRun& run, std::string detail = {}) {
  const bool shown = run.console.escapes && !run.global.quiet;
  return ProgressLine(run.console.err, shown ? run.console.err_width : 0,
                      "Drawing with " + Printable(run.request.image().model()), std::move(detail));
}

GenerateOutcome Generate(const GenerateRun& run) {
  auto result = [&] {
    const ProgressLine progress = MakeProgressLine(run);
    return run.session.client().Generate(run.request, SettingsOf(run));
  }();
  GenerateOutcome outcome;
  if (!result.ok()) {
    outcome.error = result.error();
    return outcome;
  }
  outcome.saved = run.files.Save(*result, run.request.image().prompt());
  outcome.response = std::move(result).value();
  outcome.response.clear_images();
  return outcome;
}

GenerateOutcome Stream(const GenerateRun& run, std::optional<PreviewFiles> previews) {
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = run.request.image();
  if (run.request.has_options()) *request.mutable_options() = run.request.options();
  ProgressLine progress = MakeProgressLine(run, StreamProgressText({}));
  SavingListener listener(run.files, std::move(previews), progress);
  const auto result = run.session.client().Stream(request, listener, SettingsOf(run));
  GenerateOutcome outcome;
  outcome.previews = listener.previews();
  outcome.generation_id = listener.generation_id();
  if (!result.ok()) {
    outcome.error = result.error();
    if (outcome.error->call_id.empty()) outcome.error->call_id = listener.call_id();
    outcome.saved = listener.KeepWhole(run.request.image().prompt());
    return outcome;
  }
  const v1::GenerationCompleted& completed = result->completed;
  outcome.saved = listener.Finish(completed, run.request.image().prompt());
  if (completed.has_created()) outcome.response.set_created(completed.created());
  if (completed.has_usage()) *outcome.response.mutable_usage() = completed.usage();
  *outcome.response.mutable_call() = completed.call();
  if (completed.has_partial_failure()) {
    *outcome.response.mutable_partial_failure() = completed.partial_failure();
  }
  if (completed.has_additional_fields()) {
    *outcome.response.mutable_additional_fields() = completed.additional_fields();
  }
  outcome.response.set_dropped_images(completed.dropped_images());
  return outcome;
}

// Checked before any money is spent.
std::optional<PreviewFiles> MakePreviewFiles(const GenerateOptions& options, const FileWriter& writer) {
  if (!options.previews.has_value()) return std::nullopt;
  const std::filesystem::path folder(*options.previews);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError(fmt::format("Cannot make the folder {}: {}.", folder.string(), error.message()));
  CheckFolder(folder, writer);
  return PreviewFiles{folder, options.force ? Overwrite::kReplace : Overwrite::kNever, writer};
}

// What can be found out of standard output before any money is spent.
void CheckReport(const GenerateOptions& options, const GlobalOptions& global) {
  if (IsStandardOutput(options.output)) {
    if (global.json) throw UsageError("--json and --output - both want standard output. Name a file.");
    if (options.n.value_or(1) > 1) {
      throw UsageError("Standard output takes one image, not several. Name a file or a folder.");
    }
    return;  // FindOutputPlace checks it
  }
  if (const std::error_code error = CheckStandardOutput()) {
    throw FileError(
        fmt::format("Cannot report on standard output: {}. Send it to /dev/null if nobody is to read it.",
                    error.message()));
  }
}

// Standard output may be the image's: then all words go to standard error.
Console ConsoleForWords(const Console& console, const std::string& output) {
  if (!IsStandardOutput(output)) return console;
  return {console.in,        console.err,     console.err,     console.err_width,
          console.err_width, console.escapes, console.graphics};
}

}  // namespace

ExitCode RunGenerate(const GlobalOptions& global, const GenerateOptions& options, const Console& console,
                     FileWriter writer, std::filesystem::path fallback) {
  CheckReport(options, global);
  const v1::GenerateImagesRequest request = BuildGenerateRequest(options, console.in);
  std::optional<PreviewFiles> previews = MakePreviewFiles(options, writer);
  const ImageFiles files(options.output, options.force ? Overwrite::kReplace : Overwrite::kNever,
                         std::move(writer), std::move(fallback));
  const Session session(global);
  const Console words = ConsoleForWords(console, options.output);
  const GenerateRun run = {global, options, words, request, files, session};
  const auto start = Clock::now();
  const GenerateOutcome outcome =
      options.stream || previews.has_value() ? Stream(run, std::move(previews)) : Generate(run);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  return Report(run, outcome, elapsed);
}

}  // namespace openrouter_images::client::cli
