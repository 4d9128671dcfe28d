#include "service/upstream/reply/image_reply_reader.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "service/json/json_repairer.h"
#include "service/json/json_struct.h"
#include "service/json/stack_handler.h"
#include "service/upstream/codec/base64_decoder.h"
#include "service/upstream/reply/reply_keys.h"

namespace openrouter_images::upstream {
namespace {

using errors::Condition;

// Beside the images and at the top: what an image costs is never lost for what else is there.
constexpr std::string_view kReservedKeys[] = {kCreatedKey, kUsageKey};

// What the fields of these keys may take beyond ReplyLimits::max_other_bytes, as a part of it.
constexpr std::size_t kReservedPart = 8;

// Longest keys and event types that are recognized although there is no room left for them.
constexpr std::size_t kMaxOwnWord = 64;

// A text that is gathered only as long as there is room for it.
class BoundedText {
 public:
  void Clear() {
    text_.clear();
    fits_ = true;
  }
  void Append(std::string_view part, std::size_t room) {
    fits_ = fits_ && text_.size() + part.size() <= room;
    if (fits_) text_.append(part);
  }
  bool fits() const { return fits_; }
  std::string_view text() const { return text_; }

 private:
  std::string text_;
  bool fits_ = true;
};

// Receives the parser's events. None ends the parse.
class ReplyHandler : public json::StackHandler<ReplyHandler> {
 public:
  ReplyHandler(ImageReplyReader::Document document, const ReplyLimits& limits, ImageSink& sink)
      : document_(document), limits_(limits), sink_(sink) {
    BeginField(limits_.max_other_bytes);
  }

  const std::optional<ReplyDefect>& defect() const { return defect_; }
  int dropped_images() const { return dropped_images_; }
  bool other_fields_dropped() const { return other_fields_dropped_; }

  bool Fail(Condition condition, std::string message) {
    if (!defect_) defect_ = ReplyDefect{condition, std::move(message)};
    return false;
  }

  // The document. What has no end yet ends here.
  boost::json::value Release() {
    while (!frames_.empty()) EndContainer();
    return has_value_ ? stack_.release() : boost::json::value();
  }

 private:
  friend StackHandler;

  // What an object or an array of the document holds.
  enum class Place { kTop, kImages, kImageItem, kElsewhere };
  struct Frame {
    Place place;
    bool is_object;
    // Whether it goes into the document.
    bool is_kept;
    // Elements of an array that have begun.
    std::int64_t begun = 0;
    // Elements or members that went into the document.
    std::size_t kept = 0;
    // Of an image's object: the image has been read. Of the top: the list of images has been read.
    bool is_taken = false;
  };
  enum class Key { kOrdinary, kReserved, kImage, kReportedType, kImages, kEventType, kText };
  enum class StringKind { kNone, kOrdinary, kImage, kSkippedImage };

  bool is_reply() const { return document_ == ImageReplyReader::Document::kReply; }

  // The room that is left for the field that is being read.
  std::size_t Room() const { return room_end_ - std::min(other_bytes_, room_end_); }

  // A field of the document, or of an image, begins; other_bytes_ may become `room` in all. It may take half
  // of what is left, so that those after it find room.
  void BeginField(std::size_t room) { room_end_ = other_bytes_ + (room - std::min(other_bytes_, room)) / 2; }

  // Any value but an image begins. Returns whether it is kept; its key is then on the stack. `text`: of a
  // string.
  bool BeginValue(std::string_view text = {}) {
    if (!frames_.empty() && !frames_.back().is_object) ++frames_.back().begun;
    if (!MayBeKept()) return false;
    const bool is_member = !frames_.empty() && frames_.back().is_object;
    const std::size_t cost =
        json::kValueCost + text.size() + (is_member ? json::kValueCost + key_.text().size() : 0);
    if (!IsNeeded() && (!key_.fits() || cost > Room())) {
      other_fields_dropped_ = true;
      return false;
    }
    other_bytes_ += cost;
    if (is_member) stack_.push_key(boost::json::string_view(key_.text()));
    if (frames_.empty()) {
      has_value_ = true;
      return true;
    }
    ++frames_.back().kept;
    return true;
  }

  // Whether the value that begins may be kept, if there is room for it.
  bool MayBeKept() const {
    if (frames_.empty()) return true;
    const Frame& outer = frames_.back();
    if (outer.place == Place::kImages && outer.begun > limits_.max_images) return false;
    // The list of images is the first one that has any.
    return outer.is_kept && !(KeyOfValue() == Key::kImages && outer.is_taken);
  }

  // Whether the value that begins is kept even if there is no room for it: without it the images would lose
  // their places.
  bool IsNeeded() const {
    return frames_.empty() || frames_.back().place == Place::kImages || KeyOfValue() == Key::kImages;
  }

  bool BeginContainer(bool is_object) {
    const Place place = PlaceInside(is_object);
    const bool is_kept = BeginValue();
    frames_.push_back({.place = place, .is_object = is_object, .is_kept = is_kept});
    return true;
  }

  bool EndContainer() {
    const Frame& frame = frames_.back();
    if (frame.is_kept && frame.is_object) stack_.push_object(frame.kept);
    if (frame.is_kept && !frame.is_object) stack_.push_array(frame.kept);
    frames_.pop_back();
    return true;
  }

  // The place of a container that begins now, in the container that is on top.
  Place PlaceInside(bool is_object) const {
    if (frames_.empty()) return is_object ? Place::kTop : Place::kElsewhere;
    if (KeyOfValue() == Key::kImages && !is_object) return Place::kImages;
    if (frames_.back().place == Place::kImages && is_object) return Place::kImageItem;
    return Place::kElsewhere;
  }

  bool ReadKey(std::string_view part, bool complete) {
    if (!std::exchange(in_key_, !complete)) {
      key_.Clear();
      if (frames_.back().place != Place::kElsewhere) BeginField(limits_.max_other_bytes);
    }
    key_.Append(part, std::max(Room(), kMaxOwnWord));
    if (!complete) return true;
    key_kind_ = KindOfKey();
    if (key_kind_ == Key::kReserved) {
      BeginField(limits_.max_other_bytes + limits_.max_other_bytes / kReservedPart);
    }
    return true;
  }

  Key KindOfKey() const {
    const Place place = frames_.back().place;
    const std::string_view key = key_.text();
    if (place == (is_reply() ? Place::kImageItem : Place::kTop)) {
      if (key == kImageKey) return Key::kImage;
      if (key == kMediaTypeKey) return Key::kReportedType;
    }
    const bool is_of_image = place == Place::kTop || place == Place::kImageItem;
    if (is_of_image && std::ranges::find(kReservedKeys, key) != std::end(kReservedKeys))
      return Key::kReserved;
    if (place != Place::kTop) return Key::kOrdinary;
    if (is_reply()) return key == kDataKey ? Key::kImages : Key::kOrdinary;
    if (key == kTextKey) return Key::kText;
    return key == kTypeKey ? Key::kEventType : Key::kOrdinary;
  }

  // Of the value that begins now; that of an array's element is kOrdinary.
  Key KeyOfValue() const { return !frames_.empty() && frames_.back().is_object ? key_kind_ : Key::kOrdinary; }

  // Of the image in the object on top.
  int Index() const { return is_reply() ? static_cast<int>(frames_[frames_.size() - 2].begun - 1) : 0; }

  void ReadString(std::string_view part, bool complete) {
    if (string_ == StringKind::kNone) BeginString();
    if (string_ == StringKind::kImage) Decode(part);
    if (string_ == StringKind::kOrdinary) text_.Append(part, RoomForText());
    if (!complete) return;
    if (string_ == StringKind::kImage) EndImage();
    if (string_ == StringKind::kOrdinary) EndString();
    string_ = StringKind::kNone;
  }

  std::size_t RoomForText() const {
    return KeyOfValue() == Key::kText ? limits_.max_text_bytes : std::max(Room(), kMaxOwnWord);
  }

  void BeginString() {
    if (KeyOfValue() != Key::kImage) {
      string_ = StringKind::kOrdinary;
      text_.Clear();
      return;
    }
    if (!frames_.back().is_kept || std::exchange(frames_.back().is_taken, true)) {
      string_ = StringKind::kSkippedImage;
      ++dropped_images_;
      return;
    }
    string_ = StringKind::kImage;
    frames_.front().is_taken = true;
    image_ = Index();
    image_bytes_ = 0;
    decoder_.Reset();
  }

  void EndString() {
    if (!text_.fits()) {
      other_fields_dropped_ = true;
      // Its place is kept, where it has one.
      if (!IsNeeded()) return;
      text_.Clear();
    }
    if (KeyOfValue() == Key::kEventType) sink_.OnEventType(text_.text());
    if (KeyOfValue() == Key::kReportedType && frames_.back().is_kept)
      sink_.OnMediaType(Index(), text_.text());
    const bool has_own_room = KeyOfValue() == Key::kText;
    if (BeginValue(has_own_room ? std::string_view() : text_.text()))
      stack_.push_string(boost::json::string_view(text_.text()));
  }

  void Decode(std::string_view text) {
    // A step adds at most so many bytes as it has characters, and those that the decoder held.
    constexpr std::size_t kStep = kMaxImageStep - Base64Decoder::kMaxHeld;
    while (!text.empty()) {
      std::string& buffer = sink_.BufferFor(image_);
      const std::size_t size_before = buffer.size();
      decoder_.Append(text.substr(0, kStep), buffer);
      text.remove_prefix(std::min(kStep, text.size()));
      if (!Count(size_before, buffer)) return;
    }
  }

  void EndImage() {
    std::string rest;
    const Base64Fault fault = decoder_.Finish(rest);
    if (!rest.empty()) {
      std::string& buffer = sink_.BufferFor(image_);
      buffer += rest;
      if (!Count(buffer.size() - rest.size(), buffer)) return;
    }
    sink_.OnImageEnd(image_, fault);
  }

  // Counts the bytes of the image that are new in `buffer`. False when there are too many: those are cut off,
  // and what follows is skipped.
  bool Count(std::size_t size_before, std::string& buffer) {
    image_bytes_ += buffer.size() - size_before;
    if (image_bytes_ <= limits_.max_image_bytes) return true;
    buffer.resize(buffer.size() - (image_bytes_ - limits_.max_image_bytes));
    string_ = StringKind::kSkippedImage;
    sink_.OnImageTooLarge(image_);
    return false;
  }

  const ImageReplyReader::Document document_;
  const ReplyLimits limits_;
  ImageSink& sink_;

  std::optional<ReplyDefect> defect_;
  int dropped_images_ = 0;
  bool other_fields_dropped_ = false;

  bool has_value_ = false;
  std::vector<Frame> frames_;
  std::size_t other_bytes_ = 0;
  // What other_bytes_ may become in the present field.
  std::size_t room_end_ = 0;
  // The key that was read last.
  BoundedText key_;
  bool in_key_ = false;
  Key key_kind_ = Key::kOrdinary;
  // The string being read.
  StringKind string_ = StringKind::kNone;
  BoundedText text_;
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

  bool Write(std::string_view piece) {
    offset += piece.size();
    return Feed(/*more=*/true, repairer.Repair(piece));
  }

  // What follows the end of the document is ignored.
  bool Feed(bool more, std::string_view text) {
    if (json.handler().defect()) return false;
    // An empty text may be a null pointer, on which the parser would do arithmetic.
    if (json.done() || (more && text.empty())) return true;
    boost::json::error_code ec;
    json.write_some(more, text.data(), text.size(), ec);
    if (!ec) return true;
    // Fail keeps what the handler said first.
    if (ec == boost::json::error::incomplete) {
      return json.handler().Fail(Condition::kTruncated,
                                 absl::StrCat("the reply ends early, after ", offset, " bytes"));
    }
    return json.handler().Fail(Condition::kProtocol, absl::StrCat("the reply is not JSON: ", ec.message()));
  }

  boost::json::basic_parser<ReplyHandler> json;
  json::JsonRepairer repairer;
  std::uint64_t offset = 0;
};

ImageReplyReader::ImageReplyReader(Document document, const ReplyLimits& limits, ImageSink& sink)
    : parser_(std::make_unique<Parser>(document, limits, sink)) {}

ImageReplyReader::~ImageReplyReader() = default;

bool ImageReplyReader::Write(std::string_view piece) {
  return parser_->Write(piece);
}

std::optional<boost::json::value> ImageReplyReader::Finish() {
  if (!parser_->Feed(/*more=*/false, "")) return std::nullopt;
  return parser_->json.handler().Release();
}

const std::optional<ReplyDefect>& ImageReplyReader::defect() const {
  return parser_->json.handler().defect();
}

boost::json::value ImageReplyReader::TakePartial() {
  return parser_->json.handler().Release();
}

int ImageReplyReader::dropped_images() const {
  return parser_->json.handler().dropped_images();
}

bool ImageReplyReader::other_fields_dropped() const {
  return parser_->json.handler().other_fields_dropped();
}

}  // namespace openrouter_images::upstream
