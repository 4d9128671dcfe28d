#include "service/upstream/reply_failure.h"

#include <absl/strings/str_cat.h>

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

}  // namespace

Failure FromReplyFault(const ReplyFault& fault) {
  return FromCondition(Operation::kGenerate, ConditionOf(fault), fault.message);
}

std::optional<Failure> FromGenerationReply(const GenerationReply& reply, const boost::json::value& document) {
  constexpr auto kGenerate = Operation::kGenerate;
  switch (reply.verdict) {
    case GenerationVerdict::kPictures:
      return std::nullopt;
    case GenerationVerdict::kErrorObject:
      return FromErrorInSuccess(kGenerate, ReadErrorBody(document));
    case GenerationVerdict::kNotAReply:
    case GenerationVerdict::kNoData:
      return FromCondition(kGenerate, Condition::kProtocol, "the reply has no list of pictures");
    case GenerationVerdict::kNoPictures:
      return FromCondition(kGenerate, Condition::kNoPictures, "");
    case GenerationVerdict::kPictureMissing:
      return FromCondition(kGenerate, Condition::kUndecodablePicture,
                           absl::StrCat("picture ", reply.picture, " has no bytes"));
    case GenerationVerdict::kNotAPicture:
      return FromCondition(kGenerate, Condition::kUndecodablePicture,
                           absl::StrCat("picture ", reply.picture, " is not of the type that it claims"));
  }
  return FromCondition(kGenerate, Condition::kInternal, "");
}

}  // namespace openrouter::images::upstream
