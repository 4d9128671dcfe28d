#pragma once

#include <boost/json/value.hpp>
#include <optional>

#include "openrouter/images/v1/images_service.pb.h"
#include "service/errors/failure.h"
#include "service/upstream/reply/generation_outcome.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter::images::upstream {

// What a faulty reply to a generation means for the call.
errors::Failure FromReplyFault(const ReplyFault& fault);

// The same of a reply that is sound JSON, which is `document`; nothing when it holds its pictures. `response`
// is what was read of it, by CompleteResponse and before: an error that comes with a cost or with a picture's
// bytes is not a failure that was free.
std::optional<errors::Failure> FromGenerationReply(const GenerationReply& reply,
                                                   const boost::json::value& document,
                                                   const v1::GenerateImagesResponse& response);

}  // namespace openrouter::images::upstream
