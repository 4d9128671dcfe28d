#include "service/json/partial_document.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <utility>

#include "service/json/json_repairer.h"
#include "service/json/json_struct.h"
#include "service/json/stack_handler.h"

namespace openrouter_images::json {
namespace {

// Of all that is kept, approximately.
constexpr std::size_t kMaxKept = 64 * 1024;
// A text whose beginning is kept.
class Beginning {
 public:
  void Clear() { text_.clear(); }
  void Append(std::string_view part) { text_.append(part.substr(0, kMaxPartialText + 1 - text_.size())); }
  bool is_cut() const { return text_.size() > kMaxPartialText; }
  // Ends between two characters.
  std::string_view text() const {
    std::size_t end = std::min(text_.size(), kMaxPartialText);
    while (is_cut() && end > 0 && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) --end;
    return std::string_view(text_).substr(0, end);
  }

 private:
  std::string text_;
};

// Receives the parser's events. None ends the parse.
class PartialHandler : public StackHandler<PartialHandler> {
 public:
  explicit PartialHandler(std::string_view prose) : prose_(prose) {}

  // What was read. What has no end yet ends here.
  PartialDocument Release() {
    PartialDocument document;
    document.is_whole = has_ended_ && !lost_;
    document.whole_members = std::move(whole_members_);
    if (in_text_ && !in_key_ && IsProse()) EndText();
    while (!frames_.empty()) EndContainer(/*is_whole=*/false);
    if (has_begun_) document.object = std::move(stack_.release().as_object());
    return document;
  }

 private:
  friend StackHandler;

  struct Frame {
    bool is_object;
    // Whether it goes into the document.
    bool is_kept;
    // Whether something in it was left out.
    bool lost = false;
    // Elements or members that went into the document.
    std::size_t kept = 0;
    // The key under which it is.
    std::string key{};
  };

  bool IsProse() const { return !frames_.empty() && frames_.back().is_object && key_.text() == prose_; }

  // A value begins. Returns whether it is kept; its key is then on the stack.
  bool BeginValue(std::string_view text = {}) {
    if (frames_.empty() || !frames_.back().is_kept) return false;
    Frame& outer = frames_.back();
    const std::size_t cost =
        kValueCost + text.size() + (outer.is_object ? kValueCost + key_.text().size() : 0);
    if (key_.is_cut() || kept_ + cost > room_end_) {
      outer.lost = lost_ = true;
      return false;
    }
    kept_ += cost;
    if (outer.is_object) stack_.push_key(boost::json::string_view(key_.text()));
    ++outer.kept;
    return true;
  }

  bool BeginContainer(bool is_object) {
    if (frames_.empty()) {
      has_begun_ = is_object;
      frames_.push_back({.is_object = is_object, .is_kept = is_object});
      return true;
    }
    const bool is_kept = BeginValue();
    std::string key(frames_.back().is_object ? key_.text() : "");
    frames_.push_back({.is_object = is_object, .is_kept = is_kept, .key = std::move(key)});
    return true;
  }

  bool EndContainer(bool is_whole = true) {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.is_kept && frame.is_object) stack_.push_object(frame.kept);
    if (frame.is_kept && !frame.is_object) stack_.push_array(frame.kept);
    if (frames_.empty()) {
      has_ended_ = is_whole;
      return true;
    }
    frames_.back().lost |= frame.lost;
    if (frames_.size() == 1 && is_whole && frame.is_kept && !frame.lost) whole_members_.push_back(frame.key);
    return true;
  }

  bool ReadKey(std::string_view part, bool complete) {
    if (!std::exchange(in_key_, !complete)) {
      key_.Clear();
      constexpr std::size_t kDepth = 2;
      if (frames_.size() <= kDepth) room_end_ = kept_ + (kMaxKept - kept_) / 2;
    }
    key_.Append(part);
    return true;
  }

  void ReadString(std::string_view part, bool complete) {
    if (!std::exchange(in_text_, true)) text_.Clear();
    text_.Append(part);
    if (complete) EndText();
  }

  void EndText() {
    in_text_ = false;
    if (BeginValue(text_.text())) stack_.push_string(boost::json::string_view(text_.text()));
  }

  const std::string_view prose_;
  std::vector<Frame> frames_;
  std::vector<std::string> whole_members_;
  bool has_begun_ = false;
  bool has_ended_ = false;
  // Something was left out.
  bool lost_ = false;
  std::size_t kept_ = 0;
  // What kept_ may become in the present member.
  std::size_t room_end_ = 0;
  // The key, and the text, that was read last.
  Beginning key_;
  bool in_key_ = false;
  Beginning text_;
  bool in_text_ = false;
};

}  // namespace

bool PartialDocument::IsWhole(std::string_view member) const {
  return std::ranges::find(whole_members, member) != whole_members.end();
}

PartialDocument ReadPartial(std::string_view body, std::string_view prose) {
  constexpr std::size_t kPiece = 16 * 1024;
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::json::basic_parser<PartialHandler> parser(options, prose);
  JsonRepairer repairer;
  boost::json::error_code ec;
  while (!body.empty() && !parser.done() && !ec) {
    const std::string_view repaired = repairer.Repair(body.substr(0, kPiece));
    body.remove_prefix(std::min(kPiece, body.size()));
    if (!repaired.empty()) parser.write_some(/*more=*/true, repaired.data(), repaired.size(), ec);
  }
  return parser.handler().Release();
}

}  // namespace openrouter_images::json
