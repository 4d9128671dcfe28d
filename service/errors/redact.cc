#include "service/errors/redact.h"

#include <absl/functional/function_ref.h>
#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "service/base/string_view.h"
#include "service/errors/text.h"

namespace openrouter_images::errors {
namespace {

namespace pb = google::protobuf;

// Shorter texts are not keys, and would match anywhere.
constexpr std::size_t kMinKey = 8;
// All keys of the upstream begin alike.
constexpr std::size_t kMinBeginning = 12;
constexpr std::string_view kMask = "[redacted]";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Whether `text` begins with `prefix` and the two hexadecimal digits of `c`.
bool IsHexOf(std::string_view text, std::string_view prefix, char c) {
  if (!text.starts_with(prefix) || text.size() < prefix.size() + 2) return false;
  const int high = HexDigit(text[prefix.size()]);
  const int low = HexDigit(text[prefix.size() + 1]);
  return high >= 0 && low >= 0 && high * 16 + low == static_cast<unsigned char>(c);
}

// The length of one character of a secret at the beginning of `text`, as it is or escaped; 0 if it is not
// there.
std::size_t MatchCharacter(std::string_view text, char c) {
  if (text.starts_with(c)) return 1;
  if (!text.starts_with('%') && !text.starts_with('\\')) return 0;
  for (const std::string_view escape : {"%", "\\u00", "\\x"}) {
    if (IsHexOf(text, escape, c)) return escape.size() + 2;
  }
  return text.size() >= 2 && text[0] == '\\' && text[1] == c ? 2 : 0;
}

// The length of `secret` at the beginning of `text`, or of a beginning of it that the end of `text` cuts; 0
// if it is not there.
std::size_t Match(std::string_view text, std::string_view secret, std::size_t end) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const std::size_t size = at < end ? MatchCharacter(text.substr(at), secret[i]) : 0;
    if (size == 0) return at >= end && i >= kMinBeginning ? at : 0;
    at += size;
  }
  return at;
}

void RedactSecret(std::string_view secret, std::string& text) {
  const std::size_t end = text.ends_with(kEllipsis) ? text.size() - kEllipsis.size() : text.size();
  std::string redacted;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < end; ++at) {
    // Most characters can begin no secret, not even escaped, and texts may be long.
    if (text[at] != secret[0] && text[at] != '%' && text[at] != '\\') continue;
    const std::size_t size = Match(std::string_view(text).substr(at), secret, end - at);
    if (size == 0) continue;
    redacted.append(text, copied, at - copied).append(kMask);
    copied = at + size;
    at = copied - 1;
  }
  if (copied > 0) text = redacted.append(text, copied);
}

// The characters of a base64 text that the key alone decides when `before` bytes stand before it.
std::string Base64Core(std::string_view key, std::size_t before) {
  const std::string bytes = std::string(before, '\0').append(key);
  const std::string encoded = absl::Base64Escape(bytes);
  const std::size_t begin = (before * 8 + 5) / 6;
  const std::size_t end = bytes.size() * 8 / 6;
  return encoded.substr(begin, end - begin);
}

// All forms of a key; empty for what is no key.
std::vector<std::string> FormsOf(std::string_view key) {
  if (key.size() < kMinKey) return {};
  std::vector<std::string> forms = {std::string(key)};
  for (std::size_t before = 0; before < 3; ++before) {
    std::string core = Base64Core(key, before);
    std::string url_safe = core;
    std::ranges::replace(url_safe, '+', '-');
    std::ranges::replace(url_safe, '/', '_');
    if (url_safe != core) forms.push_back(std::move(url_safe));
    forms.push_back(std::move(core));
  }
  return forms;
}

// Calls `edit` for every text of a message, but not for bytes, and sets what it makes of it. Recurses as deep
// as the upstream's JSON, which is bounded where it is parsed. A map counts as a list of its entries here, so
// keys are texts like others.
void EditTexts(pb::Message& message, absl::FunctionRef<void(std::string&)> edit) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->type() == pb::FieldDescriptor::TYPE_BYTES) continue;
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
        std::string text = field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                : reflection.GetString(message, field);
        edit(text);
        if (field->is_repeated()) {
          reflection.SetRepeatedString(&message, field, i, std::move(text));
        } else {
          reflection.SetString(&message, field, std::move(text));
        }
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        EditTexts(field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                       : *reflection.MutableMessage(&message, field),
                  edit);
      }
    }
  }
}

}  // namespace

Redactor::Redactor(std::string_view key) : forms_(FormsOf(key)) {}

void Redactor::Redact(std::string& text) const {
  for (const std::string& form : forms_) RedactSecret(form, text);
}

void Redactor::Redact(pb::Message& message) const {
  EditTexts(message, [this](std::string& text) { Redact(text); });
}

void Redactor::Redact(Failure& failure) const {
  Redact(failure.message);
  if (!failure.error.has_upstream()) return;
  EditTexts(*failure.error.mutable_upstream(), [this](std::string& text) {
    Redact(text);
    if (text.size() > kMaxUpstreamText) text = Clip(text, kMaxUpstreamText);
  });
}

}  // namespace openrouter_images::errors
