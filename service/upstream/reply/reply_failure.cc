#include "service/upstream/reply_failure.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

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

// A failed generation is free, says the contract; this one is not quite a failed one.
Failure FromErrorObject(const boost::json::value& document, const v1::GenerateImagesResponse& response) {
  Failure failure = FromErrorInSuccess(Operation::kGenerate, ReadErrorBody(document));
  const auto has_bytes = [](const v1::GeneratedImage& image) { return !image.data().empty(); };
  if (response.usage().cost() > 0) {
    MarkPaid(v1::BILLING_OUTCOME_BILLED, failure);
  } else if (std::ranges::any_of(response.images(), has_bytes)) {
    MarkPaid(v1::BILLING_OUTCOME_UNKNOWN, failure);
  }
  return failure;
}

}  // namespace

Failure FromReplyFault(const ReplyFault& fault) {
  return FromCondition(Operation::kGenerate, ConditionOf(fault), fault.message);
}

std::optional<Failure> FromGenerationReply(const GenerationReply& reply, const boost::json::value& document,
                                           const v1::GenerateImagesResponse& response) {
  constexpr auto kGenerate = Operation::kGenerate;
  switch (reply.verdict) {
    case GenerationVerdict::kPictures:
      return std::nullopt;
    case GenerationVerdict::kErrorObject:
      return FromErrorObject(document, response);
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
