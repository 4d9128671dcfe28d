#include "client/cli/commands/generate_outcome.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "client/cli/files/decode_image.h"
#include "client/cli/files/file_name.h"
#include "client/cli/report/defect_text.h"
#include "client/cli/report/generate_report.h"
#include "client/cli/report/json_output.h"
#include "client/cli/terminal/draw_image.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

void PrintNotesOf(const SavedImage& image, const GenerateOutcome& outcome, std::ostream& stream) {
  const std::string path = image.path.string();
  // Without an error it is one itself.
  if (outcome.error.has_value() && image.problem.has_value()) stream << "Note: " << *image.problem << "\n";
  if (path.empty()) return;
  if (image.in_file && !ExtensionFits(image.path.extension().string(), image.media_type)) {
    stream << fmt::format("Note: {} holds {}.\n", path, Printable(image.media_type));
  }
  for (const v1::ImageDefect defect : image.defects) {
    if (IsDamage(defect)) continue;  // an error
    stream << fmt::format("Note: {} is saved, but: {}.\n", path, DefectText(defect));
  }
  if (outcome.error.has_value()) {
    stream << fmt::format("Note: {} came to its end before the call failed. It may be damaged.\n", path);
  }
}

void PrintNotes(const GenerateRun& run, const GenerateOutcome& outcome) {
  std::ostream& stream = run.console.err;
  const int wanted = run.request.image().n();
  if (const auto made = static_cast<int>(outcome.saved.size()); !outcome.error.has_value() && made < wanted) {
    stream << fmt::format("Note: {} images were asked for, the provider made {}.\n", wanted, made);
  }
  if (const int dropped = outcome.response.dropped_images(); dropped > 0) {
    stream << fmt::format("Note: The provider made {} more than ten, which is the most that can be had.\n",
                          dropped);
  }
  for (const SavedImage& image : outcome.saved) PrintNotesOf(image, outcome, stream);
  for (const SavedImage& preview : outcome.previews) {
    if (preview.problem.has_value()) stream << "Note: " << *preview.problem << "\n";
  }
}

// Beside the words on standard output, else on standard error.
void Draw(const GenerateRun& run, const GenerateOutcome& outcome) {
  const bool on_out = run.console.out_width > 0;
  std::ostream& stream = on_out ? run.console.out : run.console.err;
  const size_t columns = on_out ? run.console.out_width : run.console.err_width;
  if (run.options.no_draw || columns == 0 || run.console.graphics == Graphics::kNone) return;
  for (const SavedImage& image : outcome.saved) {
    if (!image.in_file) continue;
    std::ifstream file(image.path, std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    std::optional<Pixels> pixels = DecodeImage(content);
    if (pixels.has_value()) {
      stream << DrawImage(*std::move(pixels), run.console.graphics, columns) << std::flush;
    }
  }
}

ExitCode ReportFailure(const GenerateRun& run, const GenerateOutcome& outcome) {
  FailedCall failed = {.error = *outcome.error, .generation_id = outcome.generation_id};
  if (!outcome.saved.empty()) failed.reply["unverified_images"] = ImagesJson(outcome.saved);
  if (!outcome.previews.empty()) failed.reply["previews"] = ImagesJson(outcome.previews);
  const ExitCode code = ReportError(std::move(failed), run.session, run.global, run.console);
  if (!run.global.json) PrintNotes(run, outcome);
  return code;
}

// To standard output; whether it arrived there.
bool PrintReport(const GenerateRun& run, const GenerateOutcome& outcome, const std::string& text) {
  std::ostream& out = run.console.out;
  if (run.global.json) {
    boost::json::object json = GenerateJson(outcome.response, outcome.saved);
    if (run.options.previews.has_value()) json["previews"] = ImagesJson(outcome.previews);
    PrintJson(out, json);
  } else if (run.global.quiet) {
    for (const SavedImage& image : outcome.saved) {
      if (image.in_file) out << image.path.string() << "\n";
    }
  } else {
    out << text;
  }
  return static_cast<bool>(out.flush());
}

ExitCode ReportSuccess(const GenerateRun& run, const GenerateOutcome& outcome,
                       std::chrono::milliseconds elapsed) {
  const std::string text = GenerateText(outcome.response, outcome.saved, elapsed);
  const bool printed = PrintReport(run, outcome, text);
  if (!printed) run.console.err << text;
  if (printed && !run.global.json && !run.global.quiet) Draw(run, outcome);
  if (!printed || (!run.global.json && !run.global.quiet)) PrintNotes(run, outcome);
  const std::optional<Shortcoming> shortcoming = FindShortcoming(outcome.response, outcome.saved);
  if (shortcoming.has_value() && (!printed || !run.global.json)) {
    run.console.err << "Error: " << shortcoming->message << "\n";
  }
  if (!printed) {
    run.console.err << "Error: Standard output takes no more: the report is above. The call was billed.\n";
  }
  if (shortcoming.has_value()) return shortcoming->code;
  return printed ? ExitCode::kOk : ExitCode::kIncomplete;
}

}  // namespace

ExitCode Report(const GenerateRun& run, const GenerateOutcome& outcome, std::chrono::milliseconds elapsed) {
  return outcome.error.has_value() ? ReportFailure(run, outcome) : ReportSuccess(run, outcome, elapsed);
}

}  // namespace openrouter_images::client::cli
