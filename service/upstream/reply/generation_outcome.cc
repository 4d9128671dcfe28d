#include "service/upstream/reply/generation_outcome.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "service/base/string_view.h"
#include "service/errors/error_body.h"
#include "service/json/get.h"
#include "service/json/json_message.h"
#include "service/upstream/codec/media_type.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter_images::upstream {
namespace {

using errors::Condition;

// A message has at most 1 MiB; the rest is for `call`.
constexpr std::size_t kMaxCompleted = 1024 * 1024 - 4096;

// Reads the fields `own` of `object` into the fields of `message` with these names, and all others but
// `except` into additional_fields: the message has fields that are not the upstream's.
template <typename Message>
void ReadFields(const boost::json::object& object, std::initializer_list<std::string_view> own,
                std::string_view except, Message& message) {
  boost::json::object known;
  boost::json::object rest;
  for (const auto& [key, value] : object) {
    if (key == except) continue;
    const bool is_own = std::ranges::find(own, std::string_view(key)) != own.end();
    (is_own ? known : rest).emplace(key, value);
  }
  json::ReadMessage(known, message);
  if (!rest.empty()) message.mutable_additional_fields()->MergeFrom(json::ToStruct(rest));
}

ReplyDefect BadImage(std::size_t index, std::string_view what) {
  return {Condition::kUndecodableImage, absl::StrCat("image ", index, " ", base::ToAbsl(what))};
}

// Reads the fields of each item of `data`.
std::optional<ReplyDefect> ReadItems(const boost::json::array& items, const std::vector<EmittedImage>& images,
                                     v1::GenerationCompleted& completed) {
  if (items.empty()) return ReplyDefect{Condition::kNoImages, ""};
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i >= images.size() || images[i].head.empty()) return BadImage(i, "has no bytes");
    v1::ImageInfo& info = *completed.add_images();
    info = images[i].info;
    if (items[i].is_object()) ReadFields(items[i].get_object(), {"media_type"}, "", info);
    const std::optional<std::string> type = ImageMediaType(images[i].head, info.media_type());
    if (!type) return BadImage(i, "is not of the type that it claims");
    info.set_media_type(*type);
  }
  return std::nullopt;
}

std::optional<ReplyDefect> ReadReply(const boost::json::value& document,
                                     const std::vector<EmittedImage>& images,
                                     v1::GenerationCompleted& completed) {
  const ReplyDefect no_list{Condition::kProtocol, "the reply has no list of images"};
  if (!document.is_object()) return no_list;
  const boost::json::object& reply = document.get_object();
  ReadFields(reply, {"created", "usage"}, "data", completed);
  const boost::json::array* data = json::GetArray(reply, "data");
  return data != nullptr ? ReadItems(*data, images, completed) : no_list;
}

// A failed generation is free, unless a cost or an image comes with it.
errors::Failure FromErrorObject(const boost::json::value& document, const std::vector<EmittedImage>& images,
                                const v1::GenerationCompleted& completed) {
  errors::Failure failure =
      errors::FromErrorInSuccess(errors::Operation::kGenerate, errors::ReadErrorBody(document));
  const auto has_bytes = [](const EmittedImage& image) { return !image.head.empty(); };
  if (completed.usage().cost() > 0) {
    errors::MarkBilled(v1::BILLING_OUTCOME_BILLED, failure);
  } else if (std::ranges::any_of(images, has_bytes)) {
    errors::MarkBilled(v1::BILLING_OUTCOME_UNKNOWN, failure);
  }
  return failure;
}

// Events of a stream are limited one by one; merged, they may exceed one message.
void CutToFit(v1::GenerationCompleted& completed) {
  if (completed.ByteSizeLong() <= kMaxCompleted) return;
  completed.clear_additional_fields();
  if (completed.has_usage()) completed.mutable_usage()->clear_additional_fields();
  for (v1::ImageInfo& image : *completed.mutable_images()) image.clear_additional_fields();
}

}  // namespace

std::optional<errors::Failure> ReadOutcome(const boost::json::value& document,
                                           const std::vector<EmittedImage>& images,
                                           v1::GenerationCompleted& completed) {
  const std::optional<ReplyDefect> defect = ReadReply(document, images, completed);
  if (!defect) {
    CutToFit(completed);
    return std::nullopt;
  }
  if (errors::ErrorIn(document) != nullptr) return FromErrorObject(document, images, completed);
  return errors::FromCondition(errors::Operation::kGenerate, defect->condition, defect->message);
}

}  // namespace openrouter_images::upstream
