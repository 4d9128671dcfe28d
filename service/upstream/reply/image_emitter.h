#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "openrouter/images/v1/errors.pb.h"
#include "openrouter/images/v1/images_service.pb.h"
#include "service/upstream/reply/event_sink.h"

namespace openrouter::images::upstream {

// Cuts pictures into events while they are decoded: holds one piece, never a picture. Not thread-safe.
//
//   chunks.Begin(PictureChunks::Kind::kPicture);
//   decoder.Append(text, chunks.Buffer());     // any number of times, kMaxPictureStep bytes at most each
//   chunks.End();
class PictureChunks {
 public:
  enum class Kind { kPreview, kPicture };

  // `sink` outlives the object.
  explicit PictureChunks(EventSink& sink);
  ~PictureChunks();

  // The next file. Pictures, and previews, are counted from zero.
  void Begin(Kind kind);
  // To append the next bytes to.
  std::string& Buffer();
  // The file is complete; it has at least one byte.
  void End();
  // Bytes of the file that have been sent.
  std::int64_t sent() const { return offset_; }

  // The first bytes of the file that is being sent, or was last: enough to tell its type.
  std::string_view head() const { return head_; }
  // Size and digest of the picture that ended last. The media type is left to the caller.
  const v1::ImageInfo& digest() const { return digest_; }
  // What has been sent.
  const v1::Delivered& delivered() const { return delivered_; }

 private:
  struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const;
  };

  void Flush(bool last);

  EventSink& sink_;
  Kind kind_ = Kind::kPreview;
  std::string buffer_;
  std::string head_;
  std::int64_t offset_ = 0;
  std::unique_ptr<EVP_MD_CTX, FreeDigest> sha256_;
  v1::ImageInfo digest_;
  v1::Delivered delivered_;
};

}  // namespace openrouter::images::upstream
