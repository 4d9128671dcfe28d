#pragma once

#include <optional>
#include <string_view>

#include "openrouter/images/v1/images_service.pb.h"
#include "service/upstream/reply/generation_outcome.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "service/upstream/reply/reply_receiver.h"

namespace openrouter::images::upstream {

// The buffered reply of POST /images. Pictures are decoded as they arrive, straight into the response that is
// sent to the caller.
class ImageReply final : public ReplyReceiver {
 public:
  ImageReply(const AttemptContext& context, const ReplyLimits& limits);

  // The response, but for `call`; after a Conclude without failure.
  v1::GenerateImagesResponse& response() { return response_; }

 private:
  http::Flow OnSuccessBody(std::string_view bytes) override;
  std::optional<errors::Failure> OnSuccessEnd() override;

  v1::GenerateImagesResponse response_;
  ResponsePictures pictures_;
  ImageReplyReader reader_;
  bool empty_ = true;
};

}  // namespace openrouter::images::upstream
