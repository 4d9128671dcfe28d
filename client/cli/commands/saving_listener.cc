#include "client/cli/commands/saving_listener.h"

#include <fmt/format.h>

#include <utility>

#include "client/cli/files/file_name.h"

namespace openrouter::images::client {

StreamedPictures::StreamedPictures(const PictureFiles& files, std::optional<PreviewFiles> previews,
                                   ProgressLine& progress)
    : files_(files), preview_files_(std::move(previews)), progress_(progress) {}

std::vector<SavedPicture> StreamedPictures::Finish(const v1::GenerationCompleted& completed,
                                                   const std::string& prompt) {
  std::vector<SavedPicture> saved;
  const int count = completed.images_size();
  saved.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    saved.push_back(files_.PutInPlace(*pictures_[static_cast<size_t>(i)], completed.images(i).media_type(),
                                      prompt, i, count, files_.overwrite()));
  }
  return saved;
}

std::vector<SavedPicture> StreamedPictures::KeepWhole(const std::string& prompt) {
  std::vector<SavedPicture> saved;
  saved.reserve(static_cast<size_t>(whole_pictures_));
  for (int i = 0; i < whole_pictures_; ++i) {
    IncomingPicture& picture = *pictures_[static_cast<size_t>(i)];
    saved.push_back(files_.PutInPlace(picture, std::string(MediaTypeOf(picture.head())), prompt, i,
                                      whole_pictures_, Overwrite::kNever));
  }
  pictures_.clear();
  return saved;
}

void StreamedPictures::OnStarted(const v1::GenerationStarted&) {
  shown_.started = true;
  ShowProgress();
}

void StreamedPictures::OnPreview(int index, std::string_view file) {
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

void StreamedPictures::OnText(std::string_view phase, std::string_view text) {
  shown_.phase = phase;
  shown_.text_bytes += static_cast<int64_t>(text.size());
  ShowProgress();
}

void StreamedPictures::OnPictureBytes(int index, int64_t, std::string_view bytes) {
  if (static_cast<size_t>(index) == pictures_.size()) pictures_.push_back(files_.Begin());
  pictures_.back()->Append(bytes);
  shown_.picture_bytes += static_cast<int64_t>(bytes.size());
  ShowProgress();
}

void StreamedPictures::OnPictureEnd(int) {
  ++whole_pictures_;
}

void StreamedPictures::ShowProgress() {
  progress_.SetDetail(StreamProgressText(shown_));
}

}  // namespace openrouter::images::client
