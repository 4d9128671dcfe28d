// However a reply is cut, the same document, images and defect come out of it, within the limits; and the
// document is one that an ordinary JSON parser takes.

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

#include "service/json/json_struct.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

namespace openrouter_images::upstream {
namespace {

using Document = ImageReplyReader::Document;

// Small, so that a short input reaches them.
constexpr ReplyLimits kLimits{.max_images = 3, .max_image_bytes = 600, .max_other_bytes = 4000};

class Gallery final : public ImageSink {
 public:
  std::string& BufferFor(int index) override {
    Require(index >= 0 && index < kLimits.max_images, "an index within the limit");
    Require(!ended_[index], "nothing comes after an image's end");
    return images_[index];
  }
  void OnImageEnd(int index) override {
    Require(index >= 0 && index < kLimits.max_images, "an index within the limit");
    Require(!ended_[index], "an image ends once");
    Require(images_[index].size() <= kLimits.max_image_bytes, "an image within the limit");
    ended_[index] = true;
  }
  void OnEventType(std::string_view type) override {
    Require(type.size() <= kLimits.max_other_bytes, "a type within the limit");
    ++types_;
    type_ = type;
  }

  bool operator==(const Gallery& other) const {
    return images_ == other.images_ && ended_ == other.ended_ && types_ == other.types_ &&
           type_ == other.type_;
  }

 private:
  std::map<int, std::string> images_;
  std::map<int, bool> ended_;
  int types_ = 0;
  std::string type_;
};

struct Outcome {
  Gallery gallery;
  std::optional<boost::json::value> document;
  std::optional<ReplyDefect> defect;
};

Outcome Read(std::string_view text, std::size_t longest_piece, Document kind) {
  Outcome outcome;
  ImageReplyReader reader(kind, kLimits, outcome.gallery);
  const bool good =
      ForEachPiece(text, longest_piece, [&](std::string_view piece) { return reader.Write(piece); });
  outcome.document = reader.Finish();
  outcome.defect = reader.defect();
  Require(good || !outcome.document, "no document after a defect");
  Require(outcome.document.has_value() != outcome.defect.has_value(), "a document or a defect");
  return outcome;
}

bool IsJson(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = json::kMaxJsonDepth;
  boost::json::error_code ec;
  boost::json::parse({text.data(), text.size()}, ec, {}, options);
  return !ec;
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  using errors::Condition;
  FuzzedDataProvider input(data, size);
  const auto kind = input.ConsumeBool() ? upstream::Document::kStreamEvent : upstream::Document::kReply;
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 100);
  const std::string text = input.ConsumeRemainingBytesAsString();

  const upstream::Outcome whole = upstream::Read(text, std::string::npos, kind);
  const upstream::Outcome cut = upstream::Read(text, longest_piece, kind);
  Require(whole.document.has_value() == cut.document.has_value(), "the cut does not change the verdict");
  if (whole.document) {
    Require(boost::json::serialize(*whole.document) == boost::json::serialize(*cut.document),
            "the cut does not change the document");
    Require(whole.gallery == cut.gallery, "the cut does not change the images");
    Require(upstream::IsJson(text), "what is taken is JSON");
  } else {
    // A string that is broken twice, as an image and as JSON, may be reported as either.
    const bool both = !upstream::IsJson(text) && (whole.defect->condition == Condition::kProtocol ||
                                                  cut.defect->condition == Condition::kProtocol);
    Require(both || whole.defect->condition == cut.defect->condition, "the cut does not change the defect");
    const bool is_broken = whole.defect->condition == Condition::kTruncated ||
                           whole.defect->message.find("not JSON") != std::string::npos;
    Require(!is_broken || !upstream::IsJson(text), "what is called broken is not JSON");
  }
  return 0;
}
