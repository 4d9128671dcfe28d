// However a reply is cut, the same document, images and defect come out of it, within the limits. JSON is
// always taken, and what is taken is what ParseDocument takes.

#include <fmt/format.h>
#include <fuzzer/FuzzedDataProvider.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "service/json/json_document.h"
#include "service/json/json_struct.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

namespace openrouter_images::upstream {
namespace {

using Document = ImageReplyReader::Document;
using errors::Condition;

// Small, so that a short input reaches them.
constexpr ReplyLimits kLimits{.max_images = 3, .max_image_bytes = 600, .max_other_bytes = 4000};

class Gallery final : public ImageSink {
 public:
  std::string& BufferFor(int index) override {
    Require(index >= 0 && index < kLimits.max_images, "an index within the limit");
    Require(!ended_[index], "nothing comes after an image's end");
    return images_[index];
  }
  void OnImageEnd(int index, Base64Fault) override {
    Require(index >= 0 && index < kLimits.max_images, "an index within the limit");
    Require(!ended_[index], "an image ends once");
    Require(images_[index].size() <= kLimits.max_image_bytes, "an image within the limit");
    ended_[index] = true;
  }
  void OnImageTooLarge(int index) override {
    Require(index >= 0 && index < kLimits.max_images, "an index within the limit");
    Require(!ended_[index], "an image ends once");
    Require(images_[index].size() == kLimits.max_image_bytes, "an image that is cut at the limit");
    ended_[index] = true;
  }
  void OnMediaType(int index, std::string_view media_type) override {
    Require(index >= 0 && index < kLimits.max_images, "an index within the limit");
    Require(media_type.size() <= kLimits.max_other_bytes, "a type within the limit");
    media_types_[index] = std::string(media_type);
  }
  void OnEventType(std::string_view type) override {
    Require(type.size() <= kLimits.max_other_bytes, "a type within the limit");
    ++types_;
    type_ = type;
  }

  bool has_images() const { return !ended_.empty(); }

  bool operator==(const Gallery& other) const {
    return images_ == other.images_ && ended_ == other.ended_ && media_types_ == other.media_types_ &&
           types_ == other.types_ && type_ == other.type_;
  }

 private:
  std::map<int, std::string> images_;
  std::map<int, bool> ended_;
  std::map<int, std::string> media_types_;
  int types_ = 0;
  std::string type_;
};

boost::json::parse_options Options() {
  boost::json::parse_options options;
  options.max_depth = json::kMaxJsonDepth;
  return options;
}

// How Boost.JSON 1.81 rounds a number of 17 digits and more depends on how it is cut, in the last place.
void RoundNumbers(boost::json::value& value) {
  if (value.is_double()) {
    value = std::stod(fmt::format("{:.12e}", value.get_double()));
  } else if (value.is_array()) {
    for (boost::json::value& element : value.get_array()) RoundNumbers(element);
  } else if (value.is_object()) {
    for (auto& member : value.get_object()) RoundNumbers(member.value());
  }
}

std::string Serialize(boost::json::value value) {
  RoundNumbers(value);
  return boost::json::serialize(value);
}

struct Outcome {
  Gallery gallery;
  // With a defect, what was read before it.
  std::string document;
  std::optional<Condition> defect;
  int dropped_images = 0;
  bool other_fields_dropped = false;

  bool operator==(const Outcome&) const = default;
};

Outcome Read(std::string_view text, std::size_t longest_piece, Document kind) {
  Outcome outcome;
  ImageReplyReader reader(kind, kLimits, outcome.gallery);
  const bool good =
      ForEachPiece(text, longest_piece, [&](std::string_view piece) { return reader.Write(piece); });
  const std::optional<boost::json::value> document = reader.Finish();
  Require(good || !document, "no document after a defect");
  Require(document.has_value() != reader.defect().has_value(), "a document or a defect");
  outcome.document = Serialize(document ? *document : reader.TakePartial());
  if (!document) outcome.defect = reader.defect()->condition;
  outcome.dropped_images = reader.dropped_images();
  outcome.other_fields_dropped = reader.other_fields_dropped();
  return outcome;
}

// Whether there are more items than images are taken.
bool HasManyItems(const boost::json::value& document) {
  const boost::json::value* data = document.is_object() ? document.get_object().if_contains("data") : nullptr;
  return data != nullptr && data->is_array() && data->get_array().size() > std::size_t{kLimits.max_images};
}

bool IsJson(std::string_view text) {
  boost::json::error_code ec;
  boost::json::parse({text.data(), text.size()}, ec, {}, Options());
  return !ec;
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  FuzzedDataProvider input(data, size);
  const auto kind = input.ConsumeBool() ? upstream::Document::kStreamEvent : upstream::Document::kReply;
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 100);
  const std::string text = input.ConsumeRemainingBytesAsString();

  const upstream::Outcome whole = upstream::Read(text, std::string::npos, kind);
  const upstream::Outcome cut = upstream::Read(text, longest_piece, kind);
  Require(whole == cut, "the cut does not matter");
  Require(!whole.defect || !upstream::IsJson(text), "JSON is taken");

  const auto document = json::ParseDocument(text);
  if (document.ok()) {
    Require(!whole.defect, "the same is taken as elsewhere");
    const bool all_is_kept = !whole.gallery.has_images() && whole.dropped_images == 0 &&
                             !whole.other_fields_dropped && !upstream::HasManyItems(*document);
    Require(!all_is_kept || upstream::Serialize(*document) == whole.document,
            "the same document as elsewhere");
  }
  return 0;
}
