#include "client/cli/commands/generate_command.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "client/cli/commands/generate_request.h"
#include "client/cli/commands/saving_listener.h"
#include "client/cli/files/decode_image.h"
#include "client/cli/files/file_error.h"
#include "client/cli/files/file_name.h"
#include "client/cli/report/generate_report.h"
#include "client/cli/report/json_output.h"
#include "client/cli/terminal/draw_image.h"
#include "client/cli/terminal/progress_line.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

using Clock = std::chrono::steady_clock;

// What one run has to know.
struct Run {
  const GlobalOptions& global;
  const GenerateOptions& options;
  const Console& console;
  const v1::GenerateImagesRequest& request;
  const ImageFiles& files;
  const Session& session;

  const std::string& prompt() const { return request.image().prompt(); }
};

// Images that are on the disk, and the reply without them.
struct Outcome {
  v1::GenerateImagesResponse response;
  std::vector<SavedImage> saved;
  std::optional<ImagesError> error;
  std::vector<std::string> notes;
};

CallSettings SettingsOf(const Run& run) {
  CallSettings settings;
  if (run.options.timeout_seconds.has_value()) {
    settings.timeout = std::chrono::milliseconds(static_cast<int64_t>(*run.options.timeout_seconds * 1000.0));
  }
  settings.cancellation = run.session.cancellation();
  return settings;
}

ProgressLine MakeProgressLine(const Run& run, std::string detail = {}) {
  return ProgressLine(run.console.err, run.global.quiet ? 0 : run.console.err_width,
                      "Drawing with " + Printable(run.request.image().model()), std::move(detail));
}

Outcome Generate(const Run& run) {
  auto result = [&] {
    const ProgressLine progress = MakeProgressLine(run);
    return run.session.client().Generate(run.request, SettingsOf(run));
  }();
  Outcome outcome;
  if (!result.ok()) {
    outcome.error = result.error();
    return outcome;
  }
  outcome.saved = run.files.Save(*result, run.prompt());
  outcome.response = std::move(result).value();
  outcome.response.clear_images();
  return outcome;
}

Outcome Stream(const Run& run, std::optional<PreviewFiles> previews) {
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = run.request.image();
  if (run.request.has_options()) *request.mutable_options() = run.request.options();
  ProgressLine progress = MakeProgressLine(run, StreamProgressText({}));
  SavingListener listener(run.files, std::move(previews), progress);
  const auto result = run.session.client().Stream(request, listener, SettingsOf(run));
  Outcome outcome;
  outcome.notes = listener.preview_problems();
  if (!result.ok()) {
    outcome.error = result.error();
    outcome.saved = listener.KeepWhole(run.prompt());
    return outcome;
  }
  const v1::GenerationCompleted& completed = result->completed;
  outcome.saved = listener.Finish(completed, run.prompt());
  outcome.response.set_created(completed.created());
  if (completed.has_usage()) *outcome.response.mutable_usage() = completed.usage();
  *outcome.response.mutable_call() = completed.call();
  return outcome;
}

// Checked before any money is spent.
std::optional<PreviewFiles> MakePreviewFiles(const GenerateOptions& options, const FileWriter& writer) {
  if (!options.previews.has_value()) return std::nullopt;
  const std::filesystem::path folder(*options.previews);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError(fmt::format("Cannot make the folder {}: {}.", folder.string(), error.message()));
  return PreviewFiles{folder, options.force ? Overwrite::kReplace : Overwrite::kNever, writer};
}

void PrintNotes(const Run& run, const Outcome& outcome) {
  std::ostream& stream = run.console.err;
  const int wanted = run.request.image().n();
  if (const auto made = static_cast<int>(outcome.saved.size()); !outcome.error.has_value() && made < wanted) {
    stream << fmt::format("Note: {} images were asked for, the provider made {}.\n", wanted, made);
  }
  for (const SavedImage& image : outcome.saved) {
    if (image.path.empty()) continue;
    if (!ExtensionFits(image.path.extension().string(), image.media_type)) {
      stream << fmt::format("Note: {} holds {}.\n", image.path.string(), Printable(image.media_type));
    }
    if (outcome.error.has_value()) {
      stream << fmt::format("Note: {} came to its end before the call failed. It may be damaged.\n",
                            image.path.string());
    }
  }
  for (const std::string& note : outcome.notes) stream << "Note: " << note << "\n";
}

// Beside the words on standard output, else on standard error.
void Draw(const Run& run, const Outcome& outcome) {
  const bool on_out = run.console.out_width > 0;
  std::ostream& stream = on_out ? run.console.out : run.console.err;
  const size_t columns = on_out ? run.console.out_width : run.console.err_width;
  if (run.options.no_draw || columns == 0 || run.console.graphics == Graphics::kNone) return;
  for (const SavedImage& image : outcome.saved) {
    if (image.path.empty()) continue;
    std::ifstream file(image.path, std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    std::optional<Pixels> pixels = DecodeImage(content);
    if (!pixels.has_value()) continue;
    stream << DrawImage(*std::move(pixels), run.console.graphics, columns) << std::flush;
  }
}

ExitCode ReportFailure(const Run& run, const Outcome& outcome) {
  boost::json::object reply;
  if (!outcome.saved.empty()) reply["unverified_images"] = ImagesJson(outcome.saved);
  const ExitCode code = ReportError(*outcome.error, run.session, run.global, run.console, std::move(reply));
  if (!run.global.json) PrintNotes(run, outcome);
  return code;
}

void ReportSuccess(const Run& run, const Outcome& outcome, std::chrono::milliseconds elapsed) {
  if (run.global.json) {
    PrintJson(run.console.out, GenerateJson(outcome.response, outcome.saved));
  } else if (run.global.quiet) {
    for (const SavedImage& image : outcome.saved) {
      if (!image.path.empty()) run.console.out << image.path.string() << "\n";
    }
  } else {
    run.console.out << GenerateText(outcome.response, outcome.saved, elapsed) << std::flush;
    Draw(run, outcome);
    PrintNotes(run, outcome);
  }
}

}  // namespace

ExitCode RunGenerate(const GlobalOptions& global, const GenerateOptions& options, const Console& console,
                     FileWriter writer, std::filesystem::path fallback) {
  const v1::GenerateImagesRequest request = BuildGenerateRequest(options, console.in);
  std::optional<PreviewFiles> previews = MakePreviewFiles(options, writer);
  const ImageFiles files(options.output, options.force ? Overwrite::kReplace : Overwrite::kNever,
                         std::move(writer), std::move(fallback));
  const Session session(global);
  const Run run = {global, options, console, request, files, session};
  const auto start = Clock::now();
  const Outcome outcome =
      options.stream || previews.has_value() ? Stream(run, std::move(previews)) : Generate(run);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  if (outcome.error.has_value()) return ReportFailure(run, outcome);
  ReportSuccess(run, outcome, elapsed);
  const std::string problems = SaveProblems(outcome.saved);
  if (problems.empty()) return ExitCode::kOk;
  if (!global.json) console.err << "Error: " << problems << "\n";
  return ExitCode::kPaidAndLost;
}

}  // namespace openrouter_images::client::cli
