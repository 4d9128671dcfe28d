#include "client/cli/generate_command.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "client/cli/file_name.h"
#include "client/cli/generate_report.h"
#include "client/cli/generate_request.h"
#include "client/cli/json_output.h"
#include "client/cli/progress_line.h"
#include "client/cli/terminal.h"

namespace openrouter::images::client {
namespace {

using Clock = std::chrono::steady_clock;

Result<v1::GenerateImagesResponse> Draw(const v1::GenerateImagesRequest& request,
                                        const GenerateOptions& options, const Session& session,
                                        const Console& console, bool quiet) {
  CallSettings settings;
  if (options.timeout_seconds.has_value()) {
    settings.timeout = std::chrono::milliseconds(static_cast<int64_t>(*options.timeout_seconds * 1000.0));
  }
  settings.cancellation = session.cancellation();
  const ProgressLine progress(console.err, quiet ? 0 : console.err_width,
                              "Drawing with " + Printable(request.image().model()));
  return session.client().Generate(request, settings);
}

void PrintNotes(const v1::GenerateImagesRequest& request, const v1::GenerateImagesResponse& response,
                const std::vector<SavedPicture>& saved, std::ostream& stream) {
  if (response.images_size() < request.image().n()) {
    stream << fmt::format("Note: {} pictures were asked for, the provider made {}.\n", request.image().n(),
                          response.images_size());
  }
  for (size_t i = 0; i < saved.size(); ++i) {
    const std::string& media_type = response.images(static_cast<int>(i)).media_type();
    if (!saved[i].path.empty() && !ExtensionFits(saved[i].path.extension().string(), media_type)) {
      stream << fmt::format("Note: {} holds {}.\n", saved[i].path.string(), Printable(media_type));
    }
  }
}

}  // namespace

ExitCode RunGenerate(const GlobalOptions& global, const GenerateOptions& options, const Console& console,
                     FileWriter writer, std::filesystem::path fallback) {
  const v1::GenerateImagesRequest request = BuildGenerateRequest(options, console.in);
  const PictureFiles files(options.output, options.force ? Overwrite::kReplace : Overwrite::kNever,
                           std::move(writer), std::move(fallback));
  const Session session(global);
  const auto start = Clock::now();
  const auto result = Draw(request, options, session, console, global.quiet);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  if (!result.ok()) return ReportError(result.error(), session, global, console);

  const std::vector<SavedPicture> saved = files.Save(*result, request.image().prompt());
  const std::string problems = SaveProblems(saved);
  if (global.json) {
    PrintJson(console.out, GenerateJson(*result, saved));
  } else if (global.quiet) {
    for (const SavedPicture& picture : saved) {
      if (!picture.path.empty()) console.out << picture.path.string() << "\n";
    }
  } else {
    console.out << GenerateText(*result, saved, elapsed) << std::flush;
    PrintNotes(request, *result, saved, console.err);
  }
  if (problems.empty()) return ExitCode::kOk;
  if (!global.json) console.err << "Error: " << problems << "\n";
  return ExitCode::kPaidAndLost;
}

}  // namespace openrouter::images::client
