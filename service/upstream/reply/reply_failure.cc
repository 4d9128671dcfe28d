#include "service/upstream/reply/reply_failure.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "service/errors/error_body.h"

namespace openrouter::images::upstream {
namespace {

errors::Condition ConditionOf(const ReplyFault& fault) {
  switch (fault.kind) {
    case ReplyFault::Kind::kMalformed:
      return errors::Condition::kProtocol;
    case ReplyFault::Kind::kTruncated:
      return errors::Condition::kTruncated;
    case ReplyFault::Kind::kUndecodable:
      return errors::Condition::kUndecodableImage;
    case ReplyFault::Kind::kTooManyPictures:
      return errors::Condition::kTooManyImages;
    case ReplyFault::Kind::kTooLarge:
      // Too much of anything but pictures is no reply of this API.
      return fault.picture < 0 ? errors::Condition::kProtocol : errors::Condition::kTooLarge;
  }
  return errors::Condition::kInternal;
}

// A failed generation is free, says the contract; this one is not quite a failed one.
errors::Failure FromErrorObject(const boost::json::value& document,
                                const v1::GenerateImagesResponse& response) {
  errors::Failure failure =
      errors::FromErrorInSuccess(errors::Operation::kGenerate, errors::ReadErrorBody(document));
  const auto has_bytes = [](const v1::GeneratedImage& image) { return !image.data().empty(); };
  if (response.usage().cost() > 0) {
    errors::MarkBilled(v1::BILLING_OUTCOME_BILLED, failure);
  } else if (std::ranges::any_of(response.images(), has_bytes)) {
    errors::MarkBilled(v1::BILLING_OUTCOME_UNKNOWN, failure);
  }
  return failure;
}

}  // namespace

errors::Failure FromReplyFault(const ReplyFault& fault) {
  return errors::FromCondition(errors::Operation::kGenerate, ConditionOf(fault), fault.message);
}

std::optional<errors::Failure> FromGenerationReply(const GenerationReply& reply,
                                                   const boost::json::value& document,
                                                   const v1::GenerateImagesResponse& response) {
  constexpr auto kGenerate = errors::Operation::kGenerate;
  switch (reply.verdict) {
    case GenerationVerdict::kPictures:
      return std::nullopt;
    case GenerationVerdict::kErrorObject:
      return FromErrorObject(document, response);
    case GenerationVerdict::kNotAReply:
    case GenerationVerdict::kNoData:
      return errors::FromCondition(kGenerate, errors::Condition::kProtocol,
                                   "the reply has no list of pictures");
    case GenerationVerdict::kNoPictures:
      return errors::FromCondition(kGenerate, errors::Condition::kNoImages, "");
    case GenerationVerdict::kPictureMissing:
      return errors::FromCondition(kGenerate, errors::Condition::kUndecodableImage,
                                   absl::StrCat("picture ", reply.picture, " has no bytes"));
    case GenerationVerdict::kNotAPicture:
      return errors::FromCondition(
          kGenerate, errors::Condition::kUndecodableImage,
          absl::StrCat("picture ", reply.picture, " is not of the type that it claims"));
  }
  return errors::FromCondition(kGenerate, errors::Condition::kInternal, "");
}

}  // namespace openrouter::images::upstream
