#include "service/upstream/image_reply.h"

#include <boost/json/value.hpp>

#include "service/upstream/reply_failure.h"

namespace openrouter::images::upstream {

ImageReply::ImageReply(const Purpose& purpose, const ReplyLimits& limits)
    : Reply(purpose), pictures_(response_), reader_(ImageReplyReader::Document::kReply, limits, pictures_) {}

http::Flow ImageReply::OnSuccessBody(std::string_view bytes) {
  empty_ = false;
  return reader_.Write(bytes) ? http::Flow::kContinue : Fail(FromReplyFault(*reader_.fault()));
}

std::optional<Failure> ImageReply::OnSuccessEnd() {
  if (empty_) return FromCondition(operation(), Condition::kEmptyReply, "");
  const std::optional<boost::json::value> document = reader_.Finish();
  if (!document) return FromReplyFault(*reader_.fault());
  return FromGenerationReply(CompleteResponse(*document, response_), *document, response_);
}

}  // namespace openrouter::images::upstream
