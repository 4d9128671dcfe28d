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
    saved.push_back(
        files_.PutInPlace(*images_[static_cast<size_t>(i)].file, completed.images(i), prompt, i, count));
  }
  return saved;
}

std::vector<SavedImage> SavingListener::KeepWhole(const std::string& prompt) {
  std::vector<SavedImage> saved;
  saved.reserve(static_cast<size_t>(whole_images_));
  for (int i = 0; i < whole_images_; ++i) {
    const Image& image = images_[static_cast<size_t>(i)];
    v1::ImageInfo info;
    info.set_media_type(image.media_type);
    saved.push_back(files_.PutBeside(*image.file, info, prompt, i, whole_images_));
  }
  images_.clear();
  return saved;
}

void SavingListener::OnStarted(const v1::GenerationStarted& started) {
  generation_id_ = started.generation_id();
  shown_.started = true;
  ShowProgress();
}

void SavingListener::OnPreview(const Preview& preview) {
  ++shown_.previews;
  ShowProgress();
  if (!preview_files_.has_value()) return;
  SavedImage& saved = previews_.emplace_back();
  const std::string_view type = MediaTypeOf(preview.file);
  saved.media_type = type.empty() ? preview.media_type : type;
  saved.size_bytes = static_cast<int64_t>(preview.file.size());
  saved.dimensions = ReadDimensions(preview.file);
  for (const int defect : preview.last_chunk.defects()) {
    saved.defects.push_back(static_cast<v1::ImageDefect>(defect));
  }
  const auto path =
      preview_files_->folder / fmt::format("preview-{}{}", preview.index, ExtensionOf(saved.media_type));
  const WriteOutcome outcome = preview_files_->writer.Write(path, preview.file, preview_files_->overwrite);
  if (outcome.error) {
    saved.problem = fmt::format("Cannot write {}: {}.", path.string(), outcome.error.message());
  } else {
    saved.path = outcome.path;
    saved.in_file = true;
  }
}

void SavingListener::OnText(std::string_view phase, std::string_view text) {
  shown_.phase = phase;
  shown_.text_bytes += static_cast<int64_t>(text.size());
  ShowProgress();
}

void SavingListener::OnImageBegin(int, std::string_view media_type) {
  images_.push_back({files_.Begin(), std::string(media_type)});
}

void SavingListener::OnImageBytes(int, int64_t, std::string_view bytes) {
  images_.back().file->Append(bytes);
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
