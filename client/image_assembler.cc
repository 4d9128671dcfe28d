#include "client/image_assembler.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace openrouter_images::client {
namespace {

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

// Judges the chunk and, when it is right, moves on; `offset` is zero again after a last chunk.
ImageAssembler::Violation ImageAssembler::Sequence::Next(const v1::ImageChunk& chunk) {
  if (chunk.index() != finished) {
    return absl::StrCat("A chunk of ", View(name), " ", chunk.index(), " came where ", View(name), " ",
                        finished, offset == 0 ? " was due." : " had not ended.");
  }
  if (chunk.offset() != offset) {
    return absl::StrCat("The chunks of ", View(name), " ", finished,
                        chunk.offset() > offset ? " leave a gap" : " overlap", ": one begins at byte ",
                        chunk.offset(), ", and ", offset, " were received.");
  }
  offset += static_cast<int64_t>(chunk.data().size());
  if (chunk.last()) {
    ++finished;
    offset = 0;
  }
  return std::nullopt;
}

ImageAssembler::Violation ImageAssembler::AddImage(const v1::ImageChunk& chunk) {
  if (completed_) return "A chunk of an image came after the end.";
  const int64_t size_bytes = images_.offset + static_cast<int64_t>(chunk.data().size());
  if (Violation violation = images_.Next(chunk)) return violation;
  hash_.Add(chunk.data());
  if (chunk.last()) {
    sums_.push_back({size_bytes, hash_.Finish()});
    hash_ = Sha256();
  }
  return std::nullopt;
}

ImageAssembler::Violation ImageAssembler::AddPreview(const v1::ImageChunk& chunk,
                                                     std::optional<Preview>* whole) {
  if (Violation violation = previews_.Next(chunk)) return violation;
  if (chunk.offset() == 0) preview_.media_type = chunk.media_type();
  preview_.file += chunk.data();
  if (chunk.last()) *whole = std::exchange(preview_, {});
  return std::nullopt;
}

ImageAssembler::Violation ImageAssembler::Complete(const v1::GenerationCompleted& completed) {
  if (std::exchange(completed_, true)) return "The end came twice.";
  if (images_.offset > 0) {
    return absl::StrCat("The end came before the last chunk of image ", images_.finished, ".");
  }
  if (completed.images_size() != static_cast<int>(sums_.size())) {
    return absl::StrCat("The service speaks of ", completed.images_size(), " images and sent ", sums_.size(),
                        ".");
  }
  for (int i = 0; i < completed.images_size(); ++i) {
    if (Violation violation = Check(completed.images(i), i)) return violation;
  }
  return std::nullopt;
}

ImageAssembler::Violation ImageAssembler::Check(const v1::ImageInfo& info, int index) const {
  const Sum& sum = sums_[static_cast<size_t>(index)];
  if (info.size_bytes() != sum.size_bytes) {
    return absl::StrCat("Image ", index, " has ", info.size_bytes(), " bytes, and ", sum.size_bytes,
                        " were received.");
  }
  if (info.sha256() != sum.sha256) {
    return absl::StrCat("Image ", index,
                        " was damaged on its way: its SHA-256 is not the one it was sent with.");
  }
  return std::nullopt;
}

}  // namespace openrouter_images::client
