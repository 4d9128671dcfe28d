#include "service/errors/redact.h"

#include <absl/strings/str_replace.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/base/string_view.h"
#include "service/errors/text.h"

namespace openrouter_images::errors {
namespace {

namespace pb = google::protobuf;

// Shorter texts are not keys, and would match anywhere.
constexpr std::size_t kMinSecret = 8;
constexpr std::string_view kMask = "***";

void RedactText(std::string_view secret, std::string& text) {
  absl::StrReplaceAll({{base::ToAbsl(secret), base::ToAbsl(kMask)}}, &text);
}

// Replaces the beginning of a key at the end of a clipped text.
void RedactCutText(std::string_view secret, std::string& text) {
  if (!text.ends_with(kEllipsis)) return;
  const std::string_view whole = std::string_view(text).substr(0, text.size() - kEllipsis.size());
  for (std::size_t size = std::min(secret.size(), whole.size()); size >= kMinSecret; --size) {
    if (!whole.ends_with(secret.substr(0, size))) continue;
    text.replace(whole.size() - size, size, kMask);
    return;
  }
}

// Recurses as deep as the upstream's JSON, which is bounded where it is parsed. A map counts as a list of its
// entries here, so keys are texts like others.
void RedactMessage(std::string_view secret, pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
        std::string text = field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                : reflection.GetString(message, field);
        RedactText(secret, text);
        if (field->is_repeated()) {
          reflection.SetRepeatedString(&message, field, i, std::move(text));
        } else {
          reflection.SetString(&message, field, std::move(text));
        }
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        RedactMessage(secret, field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                                   : *reflection.MutableMessage(&message, field));
      }
    }
  }
}

}  // namespace

void Redact(std::string_view secret, Failure& failure) {
  if (secret.size() < kMinSecret) return;
  RedactText(secret, failure.message);
  RedactCutText(secret, failure.message);
  RedactMessage(secret, failure.error);
}

}  // namespace openrouter_images::errors
