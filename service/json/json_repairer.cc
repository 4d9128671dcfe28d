#include "service/json/json_repairer.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <array>
#include <cstring>
#include <utility>

#include "service/json/json_struct.h"

namespace openrouter_images::json {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kSimpleEscapes = "\"\\/bfnrt";

// Whether a byte of a string may pass unread.
bool IsPlain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

// The same of a block of bytes; compilers make SIMD instructions of it.
constexpr std::size_t kBlock = 32;
bool IsPlainBlock(const char* bytes) {
  using Lanes = signed char __attribute__((vector_size(16)));
  Lanes special{};
  for (std::size_t i = 0; i < kBlock; i += sizeof(Lanes)) {
    Lanes lanes;
    std::memcpy(&lanes, bytes + i, sizeof(Lanes));
    // Bytes that are not ASCII are negative.
    special |= (lanes < 0x20) | (lanes == '"') | (lanes == '\\');
  }
  std::array<std::uint64_t, 2> words;
  std::memcpy(words.data(), &special, sizeof(Lanes));
  return (words[0] | words[1]) == 0;
}

// How many bytes at the start of a string's rest may pass unread. Nearly all of a reply is one long string.
std::size_t PlainPrefix(std::string_view text) {
  std::size_t size = 0;
  while (size + kBlock <= text.size() && IsPlainBlock(text.data() + size)) size += kBlock;
  while (size < text.size() && IsPlain(static_cast<unsigned char>(text[size]))) ++size;
  return size;
}

bool IsHighSurrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool IsLowSurrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

void AppendUnit(std::uint32_t unit, std::string& out) {
  absl::StrAppend(&out, "\\u", absl::Hex(unit, absl::kZeroPad4));
}

}  // namespace

std::string_view JsonRepairer::Repair(std::string_view piece) {
  std::size_t plain = IsInPlainText() ? PlainPrefix(piece) : 0;
  if (plain == piece.size()) return piece;
  out_.assign(piece, 0, plain);
  for (piece.remove_prefix(plain); !piece.empty(); piece.remove_prefix(plain)) {
    Take(piece.front());
    piece.remove_prefix(1);
    plain = IsInPlainText() ? PlainPrefix(piece) : 0;
    out_.append(piece, 0, plain);
  }
  return out_;
}

bool JsonRepairer::IsInPlainText() const {
  return in_string_ && deep_ == 0 && lacking_ == 0 && high_ == 0 && escape_ == Escape::kNone;
}

void JsonRepairer::Take(unsigned char c) {
  bool taken = false;
  while (!taken) {
    taken = mark_ < kMark.size() ? TakeMark(c)
            : lacking_ > 0       ? TakeCharacter(c)
            : !word_.empty()     ? TakeWord(c)
            : deep_ > 0          ? TakeDeep(c)
            : in_string_         ? TakeInString(c)
                                 : TakeOutside(c);
  }
}

bool JsonRepairer::TakeMark(unsigned char c) {
  if (c == static_cast<unsigned char>(kMark[mark_])) {
    ++mark_;
    return true;
  }
  if (mark_ > 0) out_.append(kReplacement);
  mark_ = kMark.size();
  return false;
}

void JsonRepairer::BeginCharacter(unsigned char c) {
  lacking_ = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
  // The second byte is limited where the character would be overlong, a surrogate, or beyond Unicode.
  lowest_ = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  highest_ = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  character_.assign(1, static_cast<char>(c));
  if (c < 0xC2 || c > 0xF4) {
    lacking_ = 0;
    out_.append(kReplacement);
  }
}

bool JsonRepairer::TakeCharacter(unsigned char c) {
  if (c < lowest_ || c > highest_) {
    lacking_ = 0;
    out_.append(kReplacement);
    return false;
  }
  character_.push_back(static_cast<char>(c));
  lowest_ = 0x80;
  highest_ = 0xBF;
  if (--lacking_ == 0) out_.append(character_);
  return true;
}

bool JsonRepairer::TakeOutside(unsigned char c) {
  switch (c) {
    case 'N':
      word_ = "NaN";
      word_size_ = 1;
      return true;
    case 'I':
      word_ = "Infinity";
      word_size_ = 1;
      return true;
    case '-':
      word_ = "-Infinity";
      word_size_ = 1;
      return true;
    case '"':
      in_string_ = true;
      break;
    case '[':
    case '{':
      if (depth_ == kMaxJsonDepth) {
        deep_ = 1;
        out_.push_back('"');
      } else {
        ++depth_;
      }
      break;
    case ']':
    case '}':
      if (depth_ > 0) --depth_;
      break;
    default:
      break;
  }
  if (c >= 0x80) {
    BeginCharacter(c);
  } else {
    out_.push_back(static_cast<char>(c));
  }
  return true;
}

bool JsonRepairer::TakeWord(unsigned char c) {
  if (c != static_cast<unsigned char>(word_[word_size_])) {
    out_.append(std::exchange(word_, {}).substr(0, word_size_));
    return false;
  }
  if (++word_size_ == word_.size()) {
    word_ = {};
    out_.append("null");
  }
  return true;
}

bool JsonRepairer::TakeInString(unsigned char c) {
  if (escape_ != Escape::kNone) return TakeEscape(c);
  if (c == '\\') {
    escape_ = Escape::kBackslash;
    return true;
  }
  EndHighSurrogate();
  if (c >= 0x80) {
    BeginCharacter(c);
  } else if (c < 0x20) {
    AppendUnit(c, out_);
  } else {
    in_string_ = c != '"';
    out_.push_back(static_cast<char>(c));
  }
  return true;
}

bool JsonRepairer::TakeEscape(unsigned char c) {
  if (escape_ == Escape::kBackslash && c == 'u') {
    escape_ = Escape::kHex;
    unit_ = 0;
    digits_ = 0;
    return true;
  }
  if (escape_ == Escape::kHex && absl::ascii_isxdigit(c)) {
    unit_ = unit_ * 16 + (absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10);
    if (++digits_ == 4) EndUnit();
    return true;
  }
  EndHighSurrogate();
  if (std::exchange(escape_, Escape::kNone) == Escape::kHex) {
    out_.append(kReplacement);
    return false;
  }
  out_.push_back('\\');
  const bool is_escape = kSimpleEscapes.find(static_cast<char>(c)) != kSimpleEscapes.npos;
  out_.push_back(is_escape ? static_cast<char>(c) : '\\');
  return is_escape;
}

void JsonRepairer::EndUnit() {
  escape_ = Escape::kNone;
  if (high_ != 0 && IsLowSurrogate(unit_)) {
    AppendUnit(std::exchange(high_, 0), out_);
    AppendUnit(unit_, out_);
    return;
  }
  EndHighSurrogate();
  if (IsHighSurrogate(unit_)) {
    high_ = unit_;
  } else if (IsLowSurrogate(unit_)) {
    out_.append(kReplacement);
  } else {
    AppendUnit(unit_, out_);
  }
}

void JsonRepairer::EndHighSurrogate() {
  if (std::exchange(high_, 0) != 0) out_.append(kReplacement);
}

bool JsonRepairer::TakeDeep(unsigned char c) {
  const bool escaped = std::exchange(deep_escaped_, false);
  if (c >= 0x80) {
    BeginCharacter(c);
    return true;
  }
  if (in_string_) {
    deep_escaped_ = c == '\\' && !escaped;
    in_string_ = c != '"' || escaped;
  } else if (absl::ascii_isspace(c)) {
    return true;
  } else {
    in_string_ = c == '"';
    if (c == '[' || c == '{') ++deep_;
    if (c == ']' || c == '}') --deep_;
  }
  // The text is quoted once more: what was a quotation mark becomes an escaped one, and so on.
  if (c < 0x20) out_.push_back('\\');
  if (c == '"' || c == '\\') out_.push_back('\\');
  if (c < 0x20) {
    AppendUnit(c, out_);
  } else {
    out_.push_back(static_cast<char>(c));
  }
  if (deep_ == 0) out_.push_back('"');
  return true;
}

}  // namespace openrouter_images::json
