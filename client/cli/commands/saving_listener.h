#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/files/image_files.h"
#include "client/cli/report/stream_progress.h"
#include "client/cli/terminal/progress_line.h"
#include "openrouter_images/image_stream.h"

namespace openrouter_images::client::cli {

// Where previews go.
struct PreviewFiles {
  std::filesystem::path folder;
  Overwrite overwrite;
  FileWriter writer;
};

// Writes a streamed generation to the disk as it arrives, and reports to the progress line. A disk that fails
// does not end the call: only the end of the stream says what was paid for.
class SavingListener final : public StreamListener {
 public:
  // Previews are thrown away without `previews`. References outlive the object.
  SavingListener(const ImageFiles& files, std::optional<PreviewFiles> previews, ProgressLine& progress);

  // Puts the images of a stream that is verified where they belong.
  std::vector<SavedImage> Finish(const v1::GenerationCompleted& completed, const std::string& prompt);

  // The same after a stream that failed, for those that came to their end; others leave no file. They
  // may be damaged, so they replace nothing.
  std::vector<SavedImage> KeepWhole(const std::string& prompt);

  // Previews that were to be written, in order.
  const std::vector<SavedImage>& previews() const { return previews_; }

  // The call in the service's log, and the generation in OpenRouter's records; empty as long as the stream
  // has not named them.
  const std::string& call_id() const { return call_id_; }
  const std::string& generation_id() const { return generation_id_; }

  void OnCallId(std::string_view call_id) override { call_id_ = call_id; }
  void OnStarted(const v1::GenerationStarted& started) override;
  void OnPreview(const Preview& preview) override;
  void OnText(std::string_view phase, std::string_view text) override;
  void OnImageBegin(int index, std::string_view media_type) override;
  void OnImageBytes(int index, int64_t offset, std::string_view bytes) override;
  void OnImageEnd(int index) override;

 private:
  struct Image {
    std::unique_ptr<IncomingImage> file;
    std::string media_type;
  };

  void ShowProgress();

  const ImageFiles& files_;
  const std::optional<PreviewFiles> preview_files_;
  ProgressLine& progress_;
  std::vector<Image> images_;
  int whole_images_ = 0;
  std::vector<SavedImage> previews_;
  std::string call_id_;
  std::string generation_id_;
  StreamProgress shown_;
};

}  // namespace openrouter_images::client::cli
