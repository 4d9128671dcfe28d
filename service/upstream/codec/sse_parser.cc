#include "service/upstream/codec/sse_parser.h"

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kDataField = "data";
constexpr std::string_view kLineEnds = "\r\n";

}  // namespace

std::size_t SseParser::Write(std::string_view bytes) {
  const std::size_t size = bytes.size();
  while (!bytes.empty()) {
    const char c = bytes.front();
    if (state_ == State::kByteOrderMark) {
      if (c == kMark[matched_]) {
        bytes.remove_prefix(1);
        if (++matched_ < kMark.size()) continue;
        matched_ = 0;
        state_ = State::kLineStart;
        continue;
      }
      // A partial byte order mark begins a line of an unknown field.
      state_ = matched_ == 0 ? State::kLineStart : State::kIgnored;
      matched_ = 0;
      continue;
    }
    if (c == '\n' && after_cr_) {
      after_cr_ = false;
      bytes.remove_prefix(1);
      continue;
    }
    after_cr_ = c == '\r';
    if (c == '\r' || c == '\n') {
      bytes.remove_prefix(1);
      if (!EndLine()) return size - bytes.size();
      continue;
    }
    switch (state_) {
      case State::kLineStart:
      case State::kFieldName:
        bytes.remove_prefix(1);
        if (matched_ < kDataField.size() && c == kDataField[matched_]) {
          ++matched_;
          state_ = State::kFieldName;
        } else if (c == ':' && matched_ == kDataField.size()) {
          state_ = State::kValueStart;
          if (!BeginDataLine()) return size - bytes.size();
        } else {
          state_ = State::kIgnored;
        }
        break;
      case State::kValueStart:
        if (c == ' ') bytes.remove_prefix(1);
        state_ = State::kData;
        break;
      case State::kData:
      case State::kIgnored: {
        const std::size_t end = bytes.find_first_of(kLineEnds);
        const std::string_view part = bytes.substr(0, end);
        bytes.remove_prefix(part.size());
        if (state_ == State::kData && !handler_.OnData(part)) return size - bytes.size();
        break;
      }
      case State::kByteOrderMark:
        break;
    }
  }
  return size;
}

bool SseParser::EndLine() {
  const bool blank = state_ == State::kLineStart;
  // A line that is nothing but "data" is the field with an empty value.
  const bool bare_data = state_ == State::kFieldName && matched_ == kDataField.size();
  state_ = State::kLineStart;
  matched_ = 0;
  if (bare_data) return BeginDataLine();
  if (!blank || !has_data_) return true;
  has_data_ = false;
  return handler_.OnEventEnd();
}

bool SseParser::BeginDataLine() {
  const bool first = !has_data_;
  has_data_ = true;
  return first || handler_.OnData("\n");
}

}  // namespace openrouter_images::upstream
