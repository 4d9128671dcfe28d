#include "service/upstream/reply/image_emitter.h"

#include <algorithm>
#include <utility>

#include "service/upstream/codec/media_type.h"
#include "service/upstream/reply/reply_keys.h"

namespace openrouter_images::upstream {
namespace {

// Half of what the contract allows: a call holds a few of these.
constexpr std::size_t kChunk = 128 * 1024;

}  // namespace

void ImageEmitter::BeginDocument(EventKind kind) {
  kind_ = kind;
  type_.clear();
  media_type_.clear();
  fields_.clear();
  lost_fields_ = false;
  first_place_ = images_.size();
  held_.clear();
  held_info_ = {};
}

void ImageEmitter::OnEventType(std::string_view type) {
  // Of several types the first one counts.
  if (kind_ != EventKind::kUndetermined) return;
  type_ = type;
  Assume(KindOf(type));
}

void ImageEmitter::OnMediaType(int index, std::string_view media_type) {
  media_type_ = media_type;
  media_type_place_ = first_place_ + static_cast<std::size_t>(index);
}

void ImageEmitter::Assume(EventKind kind) {
  const bool is_surplus = kind == EventKind::kCompleted && first_place_ >= max_images_;
  kind_ = is_surplus ? EventKind::kSurplus : kind;
}

void ImageEmitter::Skip() {
  kind_ = EventKind::kUnknown;
  held_.clear();
}

std::string& ImageEmitter::BufferFor(int index) {
  if (kind_ == EventKind::kUndetermined) {
    if (held_.empty() || held_.back().size() + kMaxImageStep > kChunk) {
      held_.emplace_back().reserve(kChunk);
    }
    return held_.back();
  }
  if (!HasImage(kind_)) {
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

void ImageEmitter::OnImageEnd(int /*index*/, Base64Fault fault) {
  if (in_file_) {
    EndBytes(/*is_whole=*/true, fault);
  } else {
    held_info_.is_whole = true;
    held_info_.fault = fault;
  }
}

void ImageEmitter::OnImageTooLarge(int /*index*/) {
  (in_file_ ? file_ : held_info_).is_too_large = true;
  if (in_file_) EndBytes(/*is_whole=*/false, Base64Fault::kNone);
}

bool ImageEmitter::EndEvent(const boost::json::object& fields, bool lost_fields) {
  if (!HasImage(kind_)) return true;
  fields_ = fields;
  fields_.erase(kTypeKey);
  lost_fields_ = lost_fields;
  sending_held_ = !held_.empty();
  if (sending_held_) {
    BeginFile(first_place_);
    file_.is_too_large = held_info_.is_too_large;
  } else if (is_preview()) {
    if (!in_file_) BeginFile(first_place_);
    EndPreview();
  } else if (in_file_) {
    EndBytes(/*is_whole=*/false, Base64Fault::kNone);
  }
  if (!is_preview() && !sending_held_) images_.resize(first_place_ + 1);
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
  EndBytes(held_info_.is_whole, held_info_.fault);
  if (is_preview()) EndPreview();
  return true;
}

void ImageEmitter::Finish(std::size_t images) {
  if (in_file_ && is_preview()) EndPreview();
  if (in_file_) EndBytes(/*is_whole=*/false, Base64Fault::kNone);
  SendEmptyImages(images);
}

void ImageEmitter::BeginFile(std::size_t place) {
  in_file_ = true;
  place_ = place;
  buffer_.clear();
  file_ = {};
  sha256_.reset();
  if (is_preview()) return;
  SendEmptyImages(place);
  ++images_begun_;
  if (sink_.Delivers()) sha256_.emplace();
}

void ImageEmitter::EndBytes(bool is_whole, Base64Fault fault) {
  file_.is_whole = is_whole;
  file_.fault = fault;
  // The last chunk of a preview has fields that may come after its base64.
  if (is_preview()) return;
  Flush(/*last=*/true);
  in_file_ = false;
  if (sha256_) file_.sha256 = sha256_->Finish();
  if (is_whole && file_.size_bytes > 0) sent_.set_images(sent_.images() + 1);
  images_.resize(std::max(images_.size(), place_ + 1));
  images_[place_] = std::move(file_);
}

void ImageEmitter::EndPreview() {
  Flush(/*last=*/true);
  in_file_ = false;
  ++previews_;
  if (file_.is_whole && file_.size_bytes > 0) sent_.set_previews(sent_.previews() + 1);
}

void ImageEmitter::SendEmptyImages(std::size_t end) {
  while (images_begun_ < end) {
    const std::size_t place = images_begun_++;
    v1::StreamGenerateImagesResponse event;
    v1::ImageChunk& chunk = *event.mutable_image_chunk();
    chunk.set_index(static_cast<std::int32_t>(place));
    chunk.set_last(true);
    chunk.set_media_type(FirstMediaType("", ""));
    chunk.set_attempt(attempt_);
    sink_.Send(std::move(event));
    images_.resize(std::max(images_.size(), place + 1));
    if (sink_.Delivers()) images_[place].sha256 = client::Sha256Of("");
  }
}

void ImageEmitter::Flush(bool last) {
  if (file_.head.size() < kSignatureBytes) {
    file_.head.append(buffer_, 0, kSignatureBytes - file_.head.size());
  }
  if (sha256_) sha256_->Add(buffer_);
  const auto size = static_cast<std::int64_t>(buffer_.size());
  v1::StreamGenerateImagesResponse event;
  v1::ImageChunk& chunk = is_preview() ? *event.mutable_partial_image() : *event.mutable_image_chunk();
  chunk.set_index(is_preview() ? previews_ : static_cast<std::int32_t>(place_));
  chunk.set_offset(file_.size_bytes);
  chunk.set_data(std::exchange(buffer_, {}));
  chunk.set_last(last);
  if (file_.size_bytes == 0) {
    chunk.set_media_type(FirstMediaType(file_.head, media_type_place_ == place_ ? media_type_ : ""));
    chunk.set_attempt(attempt_);
  }
  file_.size_bytes += size;
  sent_.set_bytes(sent_.bytes() + size);
  if (last && is_preview()) {
    ReadPreviewInfo(file_, fields_, chunk);
    if (lost_fields_) chunk.set_additional_fields_dropped(true);
  }
  sink_.Send(std::move(event));
}

}  // namespace openrouter_images::upstream
