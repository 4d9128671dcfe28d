#pragma once

#include <boost/json/value.hpp>
#include <optional>

#include "service/upstream/failure.h"
#include "service/upstream/generation_reply.h"
#include "service/upstream/image_reply_reader.h"

namespace openrouter::images::upstream {

// What a faulty reply to a generation means for the call.
Failure FromReplyFault(const ReplyFault& fault);

// The same of a reply that is sound JSON, which is `document`; nothing when it holds its pictures.
std::optional<Failure> FromGenerationReply(const GenerationReply& reply, const boost::json::value& document);

}  // namespace openrouter::images::upstream
