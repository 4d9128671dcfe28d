#include "service/upstream/image_reply.h"

#include <absl/strings/str_cat.h>

#include <boost/json/value.hpp>
#include <string>

#include "service/upstream/error_body.h"

namespace openrouter::images::upstream {
namespace {

Condition ConditionOf(const ReplyFault& fault) {
  switch (fault.kind) {
    case ReplyFault::Kind::kMalformed:
      return Condition::kProtocol;
    case ReplyFault::Kind::kTruncated:
      return Condition::kTruncated;
    case ReplyFault::Kind::kUndecodable:
      return Condition::kUndecodablePicture;
    case ReplyFault::Kind::kTooManyPictures:
      return Condition::kTooManyPictures;
    case ReplyFault::Kind::kTooLarge:
      // Too much of anything but pictures is no reply of this API.
      return fault.picture < 0 ? Condition::kProtocol : Condition::kTooLarge;
  }
  return Condition::kInternal;
}

Failure FromFault(const ReplyFault& fault) {
  return FromCondition(Operation::kGenerate, ConditionOf(fault), fault.message);
}

}  // namespace

ImageReply::ImageReply(const Purpose& purpose, const ReplyLimits& limits)
    : Reply(purpose), pictures_(response_), reader_(ImageReplyReader::Document::kReply, limits, pictures_) {}

http::Flow ImageReply::OnSuccessBody(std::string_view bytes) {
  empty_ = false;
  return reader_.Write(bytes) ? http::Flow::kContinue : Fail(FromFault(*reader_.fault()));
}

std::optional<Failure> ImageReply::OnSuccessEnd() {
  if (empty_) return FromCondition(operation(), Condition::kEmptyReply, "");
  const std::optional<boost::json::value> document = reader_.Finish();
  if (!document) return FromFault(*reader_.fault());
  const GenerationReply reply = CompleteResponse(*document, response_);
  switch (reply.verdict) {
    case GenerationVerdict::kPictures:
      return std::nullopt;
    case GenerationVerdict::kErrorObject:
      return FromErrorInSuccess(operation(), ReadErrorBody(*document));
    case GenerationVerdict::kNotAReply:
    case GenerationVerdict::kNoData:
      return FromCondition(operation(), Condition::kProtocol, "the reply has no list of pictures");
    case GenerationVerdict::kNoPictures:
      return FromCondition(operation(), Condition::kNoPictures, "");
    case GenerationVerdict::kPictureMissing:
      return FromCondition(operation(), Condition::kUndecodablePicture,
                           absl::StrCat("picture ", reply.picture, " has no bytes"));
    case GenerationVerdict::kNotAPicture:
      return FromCondition(operation(), Condition::kUndecodablePicture,
                           absl::StrCat("picture ", reply.picture, " is not of the type that it claims"));
  }
  return FromCondition(operation(), Condition::kInternal, "");
}

}  // namespace openrouter::images::upstream
