#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/commands/session.h"
#include "client/cli/files/image_files.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client::cli {

// One run of `generate`. References outlive it.
struct GenerateRun {
  const GlobalOptions& global;
  const GenerateOptions& options;
  const Console& console;
  const v1::GenerateImagesRequest& request;
  const ImageFiles& files;
  const Session& session;
};

// What came of it: images that are on the disk, and the reply without them.
struct GenerateOutcome {
  v1::GenerateImagesResponse response;
  std::vector<SavedImage> saved;
  std::vector<SavedImage> previews;
  std::optional<ImagesError> error;
  // The generation in OpenRouter's records, where a stream named it.
  std::string generation_id;
};

// Says what came of the run as the options ask for, and draws the images. `elapsed` is used when the service
// did not report the time. What the user has to know of images that were paid for is said on standard error
// if standard output takes no more.
ExitCode Report(const GenerateRun& run, const GenerateOutcome& outcome, std::chrono::milliseconds elapsed);

}  // namespace openrouter_images::client::cli
