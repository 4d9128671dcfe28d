#include "service/upstream/reply/image_emitter.h"

#include <utility>

#include "service/upstream/codec/media_type.h"

namespace openrouter_images::upstream {
namespace {

// Half of what the contract allows: a call holds a few of these.
constexpr std::size_t kChunk = 128 * 1024;

EventKind KindOf(std::string_view type) {
  if (type == "image_generation.partial_image") return EventKind::kPartialImage;
  if (type == "image_generation.text_chunk") return EventKind::kTextChunk;
  if (type == "image_generation.completed") return EventKind::kCompleted;
  if (type == "error") return EventKind::kError;
  return EventKind::kUnknown;
}

}  // namespace

void ImageEmitter::BeginDocument(EventKind kind) {
  kind_ = kind;
  first_place_ = images_.size();
  in_file_ = false;
  held_.clear();
}

void ImageEmitter::Skip() {
  kind_ = EventKind::kUnknown;
  in_file_ = false;
  held_.clear();
}

bool ImageEmitter::EndEvent() {
  if (kind_ == EventKind::kCompleted) images_.resize(first_place_ + 1);
  sending_held_ = !held_.empty() && (kind_ == EventKind::kCompleted || kind_ == EventKind::kPartialImage);
  if (sending_held_) BeginFile(first_place_);
  return !sending_held_;
}

bool ImageEmitter::SendHeld(bool all) {
  if (!sending_held_) return true;
  while (!held_.empty()) {
    if (!all && sink_.Full()) return false;
    if (!buffer_.empty()) Flush(/*last=*/false);
    buffer_ = std::move(held_.front());
    held_.pop_front();
  }
  sending_held_ = false;
  EndFile();
  return true;
}

std::string& ImageEmitter::BufferFor(int index) {
  switch (kind_) {
    case EventKind::kPartialImage:
    case EventKind::kCompleted:
      break;
    case EventKind::kUndetermined:
      if (held_.empty() || held_.back().size() + kMaxImageStep > kChunk) {
        held_.emplace_back().reserve(kChunk);
      }
      return held_.back();
    case EventKind::kTextChunk:
    case EventKind::kError:
    case EventKind::kUnknown:
      discarded_.clear();
      return discarded_;
  }
  if (!in_file_) BeginFile(first_place_ + static_cast<std::size_t>(index));
  // Sent before it could grow too large, and only when more follows, so that the last chunk is never empty.
  if (buffer_.size() + kMaxImageStep > kChunk) {
    Flush(/*last=*/false);
    buffer_.reserve(kChunk);
  }
  return buffer_;
}

void ImageEmitter::OnImageEnd(int /*index*/) {
  if (in_file_) EndFile();
}

void ImageEmitter::OnEventType(std::string_view type) {
  if (kind_ == EventKind::kUndetermined) kind_ = KindOf(type);
}

void ImageEmitter::BeginFile(std::size_t place) {
  in_file_ = true;
  place_ = place;
  buffer_.clear();
  head_.clear();
  offset_ = 0;
  sha256_.reset();
  if (kind_ == EventKind::kCompleted && sink_.Delivers()) sha256_.emplace();
}

void ImageEmitter::EndFile() {
  Flush(/*last=*/true);
  in_file_ = false;
  if (kind_ == EventKind::kPartialImage) {
    sent_.set_previews(sent_.previews() + 1);
    return;
  }
  if (images_.size() <= place_) images_.resize(place_ + 1);
  EmittedImage& image = images_[place_];
  image.head = std::move(head_);
  image.info.set_size_bytes(offset_);
  if (sha256_) image.info.set_sha256(sha256_->Finish());
  sent_.set_images(sent_.images() + 1);
}

void ImageEmitter::Flush(bool last) {
  const bool is_preview = kind_ == EventKind::kPartialImage;
  if (head_.size() < kSignatureBytes) head_.append(buffer_, 0, kSignatureBytes - head_.size());
  if (sha256_) sha256_->Add(buffer_);
  const auto size = static_cast<std::int64_t>(buffer_.size());
  v1::StreamGenerateImagesResponse event;
  v1::ImageChunk& chunk = is_preview ? *event.mutable_partial_image() : *event.mutable_image_chunk();
  chunk.set_index(is_preview ? sent_.previews() : sent_.images());
  chunk.set_offset(offset_);
  chunk.set_data(std::exchange(buffer_, {}));
  chunk.set_last(last);
  sink_.Send(std::move(event));
  offset_ += size;
  sent_.set_bytes(sent_.bytes() + size);
}

}  // namespace openrouter_images::upstream
