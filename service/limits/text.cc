#include "service/limits/text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace openrouter_images::limits {
namespace {

// Unicode code points in valid UTF-8.
std::size_t CountCharacters(std::string_view utf8) {
  // Continuation bytes are 10xxxxxx.
  return std::ranges::count_if(utf8, [](unsigned char c) { return (c & 0xC0) != 0x80; });
}

bool IsLonger(std::string_view utf8, std::size_t characters) {
  constexpr std::size_t kMaxBytesPerCharacter = 4;
  return utf8.size() > characters * kMaxBytesPerCharacter || CountCharacters(utf8) > characters;
}

// "must be a, b or c"
std::string MustBeOneOf(const google::protobuf::RepeatedPtrField<std::string>& values) {
  std::string text = "must be ";
  for (int i = 0; i < values.size(); ++i) {
    if (i > 0) text += i + 1 < values.size() ? ", " : " or ";
    text += values[i];
  }
  return text;
}

std::string CharactersFault(std::string_view text, v1::FieldLimits::Characters characters) {
  switch (characters) {
    case v1::FieldLimits::CHARACTERS_NO_CONTROL:
      return HasControl(text) ? "must not contain control characters" : "";
    case v1::FieldLimits::CHARACTERS_NO_CONTROL_BUT_TAB: {
      const auto is_bad = [](unsigned char c) { return absl::ascii_iscntrl(c) && c != '\t'; };
      return std::ranges::any_of(text, is_bad) ? "must not contain control characters but tabs" : "";
    }
    case v1::FieldLimits::CHARACTERS_PRINTABLE_ASCII: {
      const bool printable =
          std::ranges::all_of(text, [](unsigned char c) { return absl::ascii_isgraph(c); });
      return printable ? "" : "must be printable ASCII without spaces";
    }
    case v1::FieldLimits::CHARACTERS_HEADER_NAME:
      return IsToken(text) ? "" : "must be the name of an HTTP header";
    default:
      // NUL breaks some receivers.
      return text.find('\0') == std::string_view::npos ? "" : "must not contain NUL";
  }
}

}  // namespace

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

bool HasSpaceOrControl(std::string_view text) {
  return HasControl(text) || text.find(' ') != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
    return absl::ascii_isalnum(c) || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::string TextViolation(std::string_view text, const v1::FieldLimits& limits) {
  if (text.empty() && limits.required()) return "is required";
  if (text.empty() && limits.not_empty()) return "must not be empty";
  if (limits.max_bytes() > 0 && text.size() > limits.max_bytes()) {
    return absl::StrCat("takes ", text.size(), " bytes; at most ", limits.max_bytes());
  }
  if (limits.max_characters() > 0 && IsLonger(text, limits.max_characters())) {
    return absl::StrCat("is longer than ", limits.max_characters(), " characters");
  }
  if (!limits.values().empty() && std::ranges::find(limits.values(), text) == limits.values().end()) {
    return MustBeOneOf(limits.values());
  }
  return CharactersFault(text, limits.characters());
}

}  // namespace openrouter_images::limits
