#include "service/upstream/reply/image_emitter.h"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <utility>

#include "service/upstream/codec/media_type.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter::images::upstream {
namespace {

// Half of what the contract allows: what a call holds is a few of these.
constexpr std::size_t kChunk = 128 * 1024;

}  // namespace

void PictureChunks::FreeDigest::operator()(EVP_MD_CTX* context) const {
  EVP_MD_CTX_free(context);
}

PictureChunks::PictureChunks(EventSink& sink) : sink_(sink), sha256_(EVP_MD_CTX_new()) {
  if (sha256_ == nullptr) throw std::bad_alloc();
}

PictureChunks::~PictureChunks() = default;

void PictureChunks::Begin(Kind kind) {
  kind_ = kind;
  buffer_.clear();
  head_.clear();
  offset_ = 0;
  EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr);
}

std::string& PictureChunks::Buffer() {
  // Sent before it could grow too large, so that the end of a file always has something to send.
  if (buffer_.size() + kMaxPictureStep > kChunk) Flush(/*last=*/false);
  return buffer_;
}

void PictureChunks::End() {
  Flush(/*last=*/true);
  if (kind_ == Kind::kPreview) {
    delivered_.set_previews(delivered_.previews() + 1);
    return;
  }
  digest_.Clear();
  digest_.set_size_bytes(offset_);
  std::string& sum = *digest_.mutable_sha256();
  sum.resize(EVP_MD_CTX_get_size(sha256_.get()));
  EVP_DigestFinal_ex(sha256_.get(), reinterpret_cast<unsigned char*>(sum.data()), nullptr);
  delivered_.set_images(delivered_.images() + 1);
}

void PictureChunks::Flush(bool last) {
  if (head_.size() < kSignatureBytes) head_.append(buffer_, 0, kSignatureBytes - head_.size());
  if (kind_ == Kind::kPicture) EVP_DigestUpdate(sha256_.get(), buffer_.data(), buffer_.size());
  const auto size = static_cast<std::int64_t>(buffer_.size());
  v1::StreamGenerateImagesResponse event;
  v1::ImageChunk& chunk =
      kind_ == Kind::kPicture ? *event.mutable_image_chunk() : *event.mutable_partial_image();
  chunk.set_index(kind_ == Kind::kPicture ? delivered_.images() : delivered_.previews());
  chunk.set_offset(offset_);
  chunk.set_data(std::move(buffer_));
  chunk.set_last(last);
  sink_.Send(std::move(event));
  buffer_.clear();
  offset_ += size;
  delivered_.set_bytes(delivered_.bytes() + size);
}

}  // namespace openrouter::images::upstream
