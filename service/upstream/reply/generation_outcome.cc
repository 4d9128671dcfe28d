#include "service/upstream/reply/generation_outcome.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "service/json/json_document.h"
#include "service/json/json_message.h"
#include "service/upstream/codec/media_type.h"

namespace openrouter::images::upstream {
namespace {

using Verdict = GenerationVerdict;

// Reads one item of `data` into its image, which holds the bytes already.
Verdict ReadItem(const boost::json::value& item, v1::GeneratedImage& image) {
  v1::ImageInfo& info = *image.mutable_info();
  if (item.is_object()) json::ReadMessage(item.get_object(), info);
  info.set_size_bytes(static_cast<std::int64_t>(image.data().size()));
  if (image.data().empty()) return Verdict::kPictureMissing;
  const std::optional<std::string> type = PictureMediaType(image.data(), info.media_type());
  if (!type) return Verdict::kNotAPicture;
  info.set_media_type(*type);
  return Verdict::kPictures;
}

GenerationReply ReadItems(const boost::json::array& items, v1::GenerateImagesResponse& response) {
  if (items.empty()) return {Verdict::kNoPictures};
  GenerationReply reply{Verdict::kPictures};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const int index = static_cast<int>(i);
    // An item without a picture has no image yet, unless one after it has.
    if (index >= response.images_size()) {
      if (reply.verdict == Verdict::kPictures) reply = {Verdict::kPictureMissing, index};
      break;
    }
    const Verdict verdict = ReadItem(items[i], *response.mutable_images(index));
    if (verdict != Verdict::kPictures && reply.verdict == Verdict::kPictures) reply = {verdict, index};
  }
  return reply;
}

}  // namespace

std::string& ResponsePictures::BufferFor(int index) {
  while (response_.images_size() <= index) response_.add_images();
  return *response_.mutable_images(index)->mutable_data();
}

GenerationReply CompleteResponse(const boost::json::value& document, v1::GenerateImagesResponse& response) {
  if (!document.is_object()) return {Verdict::kNotAReply};
  GenerationReply reply{Verdict::kNoData};
  // Read by name are only the fields that the upstream has; the response has others of our own.
  boost::json::object known;
  boost::json::object rest;
  for (const auto& [key, value] : document.get_object()) {
    if (key == "created" || key == "usage") {
      known.emplace(key, value);
    } else if (key != "data") {
      rest.emplace(key, value);
    } else if (value.is_array()) {
      reply = ReadItems(value.get_array(), response);
    } else if (!value.is_null()) {
      reply = {Verdict::kNotAReply};
    }
  }
  json::ReadMessage(known, response);
  if (!rest.empty()) response.mutable_additional_fields()->MergeFrom(json::ToStruct(rest));
  if (reply.verdict != Verdict::kPictures && json::ErrorIn(document) != nullptr)
    return {Verdict::kErrorObject};
  return reply;
}

}  // namespace openrouter::images::upstream
