#include "client/cli/commands/saving_listener.h"

#include <fmt/format.h>

#include <utility>

#include "client/cli/files/file_name.h"

namespace openrouter_images::client::cli {

SavingListener::SavingListener(const ImageFiles& files, std::optional<PreviewFiles> previews,
                               ProgressLine& progress)
    : files_(files), preview_files_(std::move(previews)), progress_(progress) {}

std::vector<SavedImage> SavingListener::Finish(const v1::GenerationCompleted& completed,
                                               const std::string& prompt) {
  std::vector<SavedImage> saved;
  const int count = completed.images_size();
  saved.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    saved.push_back(files_.PutInPlace(*images_[static_cast<size_t>(i)], completed.images(i).media_type(),
                                      prompt, i, count, files_.overwrite()));
  }
  return saved;
}

std::vector<SavedImage> SavingListener::KeepWhole(const std::string& prompt) {
  std::vector<SavedImage> saved;
  saved.reserve(static_cast<size_t>(whole_images_));
  for (int i = 0; i < whole_images_; ++i) {
    IncomingImage& image = *images_[static_cast<size_t>(i)];
    saved.push_back(files_.PutInPlace(image, std::string(MediaTypeOf(image.head())), prompt, i, whole_images_,
                                      Overwrite::kNever));
  }
  images_.clear();
  return saved;
}

void SavingListener::OnStarted(const v1::GenerationStarted&) {
  shown_.started = true;
  ShowProgress();
}

void SavingListener::OnPreview(int index, std::string_view file) {
  ++shown_.previews;
  ShowProgress();
  if (!preview_files_.has_value()) return;
  const auto path =
      preview_files_->folder / fmt::format("preview-{}{}", index, ExtensionOf(MediaTypeOf(file)));
  const WriteOutcome outcome = preview_files_->writer.Write(path, file, preview_files_->overwrite);
  if (outcome.error) {
    preview_problems_.push_back(fmt::format("Cannot write {}: {}.", path.string(), outcome.error.message()));
  }
}

void SavingListener::OnText(std::string_view phase, std::string_view text) {
  shown_.phase = phase;
  shown_.text_bytes += static_cast<int64_t>(text.size());
  ShowProgress();
}

void SavingListener::OnImageBytes(int index, int64_t, std::string_view bytes) {
  if (static_cast<size_t>(index) == images_.size()) images_.push_back(files_.Begin());
  images_.back()->Append(bytes);
  shown_.image_bytes += static_cast<int64_t>(bytes.size());
  ShowProgress();
}

void SavingListener::OnImageEnd(int) {
  ++whole_images_;
}

void SavingListener::ShowProgress() {
  progress_.SetDetail(StreamProgressText(shown_));
}

}  // namespace openrouter_images::client::cli
