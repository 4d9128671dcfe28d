#include "service/upstream/reply/image_reply_reader.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "service/json/json_struct.h"
#include "service/upstream/codec/base64_decoder.h"

namespace openrouter_images::upstream {
namespace {

using errors::Condition;

constexpr std::string_view kImageKey = "b64_json";
constexpr std::string_view kImagesKey = "data";
constexpr std::string_view kEventTypeKey = "type";

// Cost of one value besides its characters, in bytes: about its size in memory, so that a million empty
// arrays are too large.
constexpr std::size_t kValueCost = 32;

// Receives the parser's events. Each returns false to end the parse, with defect() set.
class ReplyHandler {
 public:
  // The parser's own limits are above those of this class.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  ReplyHandler(ImageReplyReader::Document document, const ReplyLimits& limits, ImageSink& sink)
      : document_(document), limits_(limits), sink_(sink) {
    stack_.reset();
  }

  const std::optional<ReplyDefect>& defect() const { return defect_; }
  bool Fail(Condition condition, std::string message) {
    if (!defect_) defect_ = ReplyDefect{condition, std::move(message)};
    return false;
  }
  boost::json::value Release() { return stack_.release(); }

  bool on_document_begin(boost::json::error_code&) { return true; }
  bool on_document_end(boost::json::error_code&) { return true; }

  bool on_object_begin(boost::json::error_code& ec) {
    event_type_pending_ = false;
    if (!StartValue()) return Abort(ec);
    frames_.push_back({.place = PlaceInside(/*is_object=*/true)});
    return true;
  }
  bool on_object_end(std::size_t size, boost::json::error_code&) {
    // The parser counted the keys that were left out.
    stack_.push_object(size - (frames_.back().image_seen ? 1 : 0));
    frames_.pop_back();
    return true;
  }
  bool on_array_begin(boost::json::error_code& ec) {
    event_type_pending_ = false;
    if (!StartValue()) return Abort(ec);
    frames_.push_back({.place = PlaceInside(/*is_object=*/false)});
    return true;
  }
  bool on_array_end(std::size_t size, boost::json::error_code&) {
    stack_.push_array(size);
    frames_.pop_back();
    return true;
  }

  bool on_key_part(boost::json::string_view part, std::size_t, boost::json::error_code& ec) {
    if (!Charge(part.size())) return Abort(ec);
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(boost::json::string_view part, std::size_t, boost::json::error_code& ec) {
    if (!Charge(part.size() + kValueCost)) return Abort(ec);
    key_.append(part.data(), part.size());
    return EndKey() || Abort(ec);
  }

  bool on_string_part(boost::json::string_view part, std::size_t, boost::json::error_code& ec) {
    return ReadString(part, /*complete=*/false) || Abort(ec);
  }
  bool on_string(boost::json::string_view part, std::size_t, boost::json::error_code& ec) {
    return ReadString(part, /*complete=*/true) || Abort(ec);
  }

  bool on_number_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_int64(std::int64_t number, boost::json::string_view, boost::json::error_code& ec) {
    return Scalar([&] { stack_.push_int64(number); }) || Abort(ec);
  }
  bool on_uint64(std::uint64_t number, boost::json::string_view, boost::json::error_code& ec) {
    return Scalar([&] { stack_.push_uint64(number); }) || Abort(ec);
  }
  bool on_double(double number, boost::json::string_view, boost::json::error_code& ec) {
    return Scalar([&] { stack_.push_double(number); }) || Abort(ec);
  }
  bool on_bool(bool value, boost::json::error_code& ec) {
    return Scalar([&] { stack_.push_bool(value); }) || Abort(ec);
  }
  bool on_null(boost::json::error_code& ec) {
    return Scalar([&] { stack_.push_null(); }) || Abort(ec);
  }
  bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_comment(boost::json::string_view, boost::json::error_code&) { return true; }

 private:
  // What an object or an array of the document holds.
  enum class Place { kTop, kImages, kImageItem, kElsewhere };
  struct Frame {
    Place place;
    // Elements of an array that have begun.
    std::int64_t elements = 0;
    bool image_key_seen = false;
    bool image_seen = false;
    bool images_key_seen = false;
  };
  enum class StringKind { kNone, kOrdinary, kImage };

  static bool Abort(boost::json::error_code& ec) {
    // The parser needs an error code; the real error is in defect_.
    ec = boost::json::make_error_code(boost::json::error::exception);
    return false;
  }

  bool Charge(std::size_t bytes) {
    if (bytes <= limits_.max_other_bytes - other_bytes_) {
      other_bytes_ += bytes;
      return true;
    }
    // The API's replies are small except for images.
    return Fail(Condition::kProtocol, absl::StrCat("the reply holds more than ", limits_.max_other_bytes,
                                                   " bytes besides its images"));
  }

  // Any value but an image.
  bool StartValue() {
    if (!frames_.empty()) ++frames_.back().elements;
    if (std::exchange(image_key_pending_, false)) stack_.push_key(boost::json::string_view(kImageKey));
    return Charge(kValueCost);
  }

  template <typename Push>
  bool Scalar(Push push) {
    event_type_pending_ = false;
    if (!StartValue()) return false;
    push();
    return true;
  }

  // The place of a container that begins now, in the container that is on top.
  Place PlaceInside(bool is_object) const {
    if (frames_.empty()) return is_object ? Place::kTop : Place::kElsewhere;
    const Frame& outer = frames_.back();
    if (outer.place == Place::kTop && key_is_images_ && !is_object) return Place::kImages;
    if (outer.place == Place::kImages && is_object) return Place::kImageItem;
    return Place::kElsewhere;
  }

  bool EndKey() {
    const std::string key = std::exchange(key_, {});
    Frame& frame = frames_.back();
    const bool is_reply = document_ == ImageReplyReader::Document::kReply;
    const Place image_place = is_reply ? Place::kImageItem : Place::kTop;
    key_is_images_ = is_reply && frame.place == Place::kTop && key == kImagesKey;
    if (key_is_images_ && std::exchange(frame.images_key_seen, true)) {
      return Fail(Condition::kProtocol, "the reply holds its images twice");
    }
    if (frame.place == image_place && key == kImageKey) {
      if (std::exchange(frame.image_key_seen, true)) {
        return Fail(Condition::kProtocol, "the reply holds an image twice");
      }
      // Whether it goes into the document depends on the value.
      image_key_pending_ = true;
      return true;
    }
    event_type_pending_ = !is_reply && frame.place == Place::kTop && key == kEventTypeKey;
    stack_.push_key(boost::json::string_view(key));
    return true;
  }

  // Index of the image in the object on top.
  int Index() const {
    if (document_ == ImageReplyReader::Document::kStreamEvent) return 0;
    return static_cast<int>(frames_[frames_.size() - 2].elements - 1);
  }

  bool ReadString(boost::json::string_view part, bool complete) {
    if (string_ == StringKind::kNone) {
      if (image_key_pending_ ? !StartImage() : !StartValue()) return false;
      if (string_ == StringKind::kNone) string_ = StringKind::kOrdinary;
    }
    const StringKind kind = string_;
    if (complete) string_ = StringKind::kNone;
    if (kind == StringKind::kImage) return Decode(part) && (!complete || EndImage());
    if (!Charge(part.size())) return false;
    if (event_type_pending_) event_type_.append(part.data(), part.size());
    if (complete) {
      if (std::exchange(event_type_pending_, false)) sink_.OnEventType(event_type_);
      stack_.push_string(part);
    } else {
      stack_.push_chars(part);
    }
    return true;
  }

  bool StartImage() {
    image_key_pending_ = false;
    frames_.back().image_seen = true;
    string_ = StringKind::kImage;
    image_ = Index();
    image_bytes_ = 0;
    decoder_.Reset();
    return image_ < limits_.max_images ||
           Fail(Condition::kTooManyImages,
                absl::StrCat("the reply holds more than ", limits_.max_images, " images"));
  }

  bool Decode(std::string_view text) {
    // Leaves room for up to three characters that the decoder carries over from the last step.
    constexpr std::size_t kStep = kMaxImageStep / 3 * 4 - 4;
    while (!text.empty()) {
      std::string& buffer = sink_.BufferFor(image_);
      const std::size_t size_before = buffer.size();
      const bool good = decoder_.Append(text.substr(0, kStep), buffer);
      text.remove_prefix(std::min(kStep, text.size()));
      image_bytes_ += buffer.size() - size_before;
      if (!good) return Undecodable();
      if (image_bytes_ > limits_.max_image_bytes) {
        return Fail(Condition::kTooLarge,
                    absl::StrCat("image ", image_, " is larger than ", limits_.max_image_bytes, " bytes"));
      }
    }
    return true;
  }

  bool EndImage() {
    if (!decoder_.Finish()) return Undecodable();
    sink_.OnImageEnd(image_);
    return true;
  }

  bool Undecodable() {
    return Fail(Condition::kUndecodableImage,
                absl::StrCat("image ", image_, " is not base64 at character ", decoder_.error_offset()));
  }

  const ImageReplyReader::Document document_;
  const ReplyLimits limits_;
  ImageSink& sink_;

  std::optional<ReplyDefect> defect_;
  boost::json::value_stack stack_;
  std::vector<Frame> frames_;
  std::string key_;
  std::size_t other_bytes_ = 0;
  // The key just read, whose value comes next.
  bool key_is_images_ = false;
  bool image_key_pending_ = false;
  bool event_type_pending_ = false;
  std::string event_type_;
  // The string being read.
  StringKind string_ = StringKind::kNone;
  int image_ = 0;
  std::size_t image_bytes_ = 0;
  Base64Decoder decoder_;
};

boost::json::parse_options StrictOptions() {
  boost::json::parse_options options;
  options.max_depth = json::kMaxJsonDepth;
  return options;
}

}  // namespace

struct ImageReplyReader::Parser {
  Parser(Document document, const ReplyLimits& limits, ImageSink& sink)
      : json(StrictOptions(), document, limits, sink) {}

  bool Feed(bool more, std::string_view piece) {
    if (json.handler().defect()) return false;
    boost::json::error_code ec;
    const std::size_t read = json.write_some(more, piece.data(), piece.size(), ec);
    if (!ec && read == piece.size()) {
      offset += read;
      return true;
    }
    // Fail keeps what the handler said first.
    if (ec == boost::json::error::incomplete) {
      return json.handler().Fail(Condition::kTruncated,
                                 absl::StrCat("the reply ends early, after ", offset, " bytes"));
    }
    const std::string what = ec ? ec.message() : "something after the end of the document";
    return json.handler().Fail(Condition::kProtocol, absl::StrCat("the reply is not JSON: ", what,
                                                                  ", before byte ", offset + piece.size()));
  }

  boost::json::basic_parser<ReplyHandler> json;
  std::uint64_t offset = 0;
};

ImageReplyReader::ImageReplyReader(Document document, const ReplyLimits& limits, ImageSink& sink)
    : parser_(std::make_unique<Parser>(document, limits, sink)) {}

ImageReplyReader::~ImageReplyReader() = default;

bool ImageReplyReader::Write(std::string_view piece) {
  // An empty piece may be a null pointer, on which the parser would do arithmetic.
  return piece.empty() ? !defect() : parser_->Feed(true, piece);
}

std::optional<boost::json::value> ImageReplyReader::Finish() {
  if (!parser_->Feed(false, "")) return std::nullopt;
  return parser_->json.handler().Release();
}

const std::optional<ReplyDefect>& ImageReplyReader::defect() const {
  return parser_->json.handler().defect();
}

}  // namespace openrouter_images::upstream
