#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "openrouter/images/v1/images_service.pb.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter::images::upstream {

// Lends a response's own images as buffers: GeneratedImage.data of images[index]. `response` must outlive it.
class ResponsePictures final : public PictureSink {
 public:
  explicit ResponsePictures(v1::GenerateImagesResponse& response) : response_(response) {}

  std::string& BufferFor(int index) override;
  void OnPictureEnd(int /*index*/) override {}

 private:
  v1::GenerateImagesResponse& response_;
};

// What a complete reply to a generation turned out to be.
enum class GenerationVerdict {
  // Every item has its picture, and there is at least one.
  kPictures,
  // It holds no whole set of pictures, but an error object (ErrorIn).
  kErrorObject,
  // Not an object, or `data` is not an array.
  kNotAReply,
  // `data` is missing or null.
  kNoData,
  // `data` is empty: a generation without pictures.
  kNoPictures,
  // An item of `data` has no picture, or one without bytes.
  kPictureMissing,
  // A picture's bytes are not the kind of picture that the upstream says they are.
  kNotAPicture,
};

struct GenerationReply {
  GenerationVerdict verdict;
  // Which picture, for the last two verdicts; else -1.
  int picture = -1;
};

// Completes `response`, whose images' bytes came through ResponsePictures, from the document that
// ImageReplyReader returned: created, media types, usage and additional fields. `call` is left to the caller.
// What could be read is set whatever the verdict, so that the cost of a generation without pictures is known
// too.
GenerationReply CompleteResponse(const boost::json::value& document, v1::GenerateImagesResponse& response);

}  // namespace openrouter::images::upstream
