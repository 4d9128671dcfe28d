#include "service/upstream/reply/image_reply.h"

#include <boost/json/value.hpp>

#include "service/upstream/reply/reply_failure.h"

namespace openrouter::images::upstream {

ImageReply::ImageReply(const AttemptContext& context, const ReplyLimits& limits)
    : ReplyReceiver(context),
      pictures_(response_),
      reader_(ImageReplyReader::Document::kReply, limits, pictures_) {}

http::Flow ImageReply::OnSuccessBody(std::string_view bytes) {
  empty_ = false;
  return reader_.Write(bytes) ? http::Flow::kContinue : Fail(FromReplyFault(*reader_.fault()));
}

std::optional<errors::Failure> ImageReply::OnSuccessEnd() {
  if (empty_) return errors::FromCondition(operation(), errors::Condition::kEmptyReply, "");
  const std::optional<boost::json::value> document = reader_.Finish();
  if (!document) return FromReplyFault(*reader_.fault());
  return FromGenerationReply(CompleteResponse(*document, response_), *document, response_);
}

}  // namespace openrouter::images::upstream
