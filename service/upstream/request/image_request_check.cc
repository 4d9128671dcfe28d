#include "service/upstream/request/image_request_check.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "service/json/json_struct.h"
#include "service/upstream/codec/media_type.h"
#include "service/upstream/request/request_sizes.h"
#include "service/upstream/request/request_text.h"

namespace openrouter::images::upstream {
namespace {

namespace pb = google::protobuf;

constexpr std::size_t kMaxModelCharacters = 256;
constexpr std::size_t kMaxReferences = 16;

void CheckRange(std::string_view path, int value, int min, int max, errors::Violations& violations) {
  if (value >= min && value <= max) return;
  AddViolation(path, absl::StrCat("is ", value, "; must be ", min, " to ", max), violations);
}

// In every text but those of the fields in `except`. A NUL never means what its sender thinks, and breaks
// some receivers.
void CheckNoNul(const pb::Message& message, const std::string& path, std::initializer_list<int> except,
                errors::Violations& violations) {
  std::vector<const pb::FieldDescriptor*> fields;
  const pb::Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->is_map() || std::ranges::find(except, field->number()) != except.end()) continue;
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const std::string at =
          absl::StrCat(path, ".", field->name(), field->is_repeated() ? absl::StrCat("[", i, "]") : "");
      if (field->type() == pb::FieldDescriptor::TYPE_STRING) {
        std::string scratch;
        const std::string& text = field->is_repeated()
                                      ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                      : reflection.GetStringReference(message, field, &scratch);
        if (text.find('\0') != std::string::npos) AddViolation(at, "must not contain NUL", violations);
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE &&
                 field->message_type() != pb::Struct::descriptor()) {
        CheckNoNul(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                        : reflection.GetMessage(message, field),
                   at, {}, violations);
      }
    }
  }
}

// `additional` belongs to `message` and must name none of its fields.
void CheckAdditional(const pb::Message& message, const pb::Struct& additional, const std::string& path,
                     errors::Violations& violations) {
  for (const auto& [name, value] : additional.fields()) {
    if (message.GetDescriptor()->FindFieldByName(name) != nullptr) {
      AddViolation(absl::StrCat(path, ".", name), "is a defined field; set that one", violations);
    }
  }
  if (json::IsTooDeep(additional)) {
    AddViolation(path, absl::StrCat("is nested deeper than ", json::kMaxJsonDepth, " levels"), violations);
  }
}

bool IsMediaType(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && text.size() <= 127 && IsToken(text.substr(0, slash)) &&
         IsToken(text.substr(slash + 1));
}

void CheckUrl(std::string_view url, const std::string& path, errors::Violations& violations) {
  const std::string_view scheme = url.substr(0, url.find(':'));
  if (EqualsIgnoringCase(scheme, "data")) {
    const std::size_t comma = url.find(',');
    std::string_view kind = url.substr(0, comma);
    kind.remove_prefix(std::min(kind.size(), scheme.size() + 1));
    const bool base64 = kind.size() >= 7 && EqualsIgnoringCase(kind.substr(kind.size() - 7), ";base64");
    if (comma == std::string_view::npos || !base64 || !IsMediaType(kind.substr(0, kind.find(';')))) {
      AddViolation(path, "a data URL must be of the form data:<media type>;base64,<data>", violations);
    } else if (comma + 1 == url.size()) {
      AddViolation(path, "the data URL holds no data", violations);
    } else if (url.find('\0') != std::string_view::npos) {
      AddViolation(path, "must not contain NUL", violations);
    }
    return;
  }
  std::string_view rest = url.substr(scheme.size());
  const bool web = EqualsIgnoringCase(scheme, "http") || EqualsIgnoringCase(scheme, "https");
  if (!web || !rest.starts_with("://") || rest.size() == 3 || rest[3] == '/') {
    AddViolation(path, "must be an http or https URL, or a base64 data URL", violations);
  } else if (HasSpaceOrControl(url)) {
    AddViolation(path, "must not contain spaces or control characters", violations);
  }
}

void CheckReference(const v1::InputReference& reference, const std::string& path,
                    errors::Violations& violations) {
  switch (reference.source_case()) {
    case v1::InputReference::SOURCE_NOT_SET:
      AddViolation(path, "needs a url or an inline picture", violations);
      return;
    case v1::InputReference::kUrl:
      CheckUrl(reference.url(), absl::StrCat(path, ".url"), violations);
      return;
    case v1::InputReference::kInline:
      break;
  }
  const v1::InlineImage& image = reference.inline_();
  if (image.data().empty()) AddViolation(absl::StrCat(path, ".inline.data"), "must not be empty", violations);
  const std::string type_path = absl::StrCat(path, ".inline.media_type");
  if (!image.media_type().empty()) {
    if (!IsMediaType(image.media_type())) {
      AddViolation(type_path, "must be a media type such as image/png", violations);
    }
  } else if (!image.data().empty() && MediaTypeBySignature(image.data()).empty()) {
    AddViolation(type_path, "is required: the data has no signature of a known kind of picture", violations);
  }
}

void CheckReferences(const v1::ImageSpec& image, errors::Violations& violations) {
  const std::size_t size = image.input_references_size();
  CheckEntries("image.input_references", size, kMaxReferences, violations);
  for (int i = 0; i < static_cast<int>(std::min(size, kMaxReferences)); ++i) {
    CheckReference(image.input_references(i), absl::StrCat("image.input_references[", i, "]"), violations);
  }
}

void CheckProvider(const v1::ProviderPreferences& provider, errors::Violations& violations) {
  for (const auto& [slug, options] : provider.options()) {
    if (json::IsTooDeep(options)) {
      AddViolation(absl::StrCat("image.provider.options[", slug, "]"),
                   absl::StrCat("is nested deeper than ", json::kMaxJsonDepth, " levels"), violations);
    }
  }
  CheckAdditional(provider, provider.additional_fields(), "image.provider.additional_fields", violations);
}

void CheckBackground(const v1::ImageSpec& image, errors::Violations& violations) {
  const bool opaque_format = image.output_format() == "jpeg" || image.output_format() == "svg";
  if (image.background() == "transparent" && opaque_format) {
    AddViolation("image.background", "transparent needs the output_format png or webp", violations);
  }
}

}  // namespace

void CheckModel(std::string_view model, std::string_view path, errors::Violations& violations) {
  if (model.empty()) {
    AddViolation(path, "is required", violations);
    return;
  }
  const std::size_t slash = model.find('/');
  const std::string_view author = model.substr(0, slash);
  const std::string_view slug =
      slash == std::string_view::npos ? std::string_view() : model.substr(slash + 1);
  // Author and slug become segments of a URL's path, where dots alone would climb.
  const auto is_segment = [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." && part.find('/') == std::string_view::npos;
  };
  if (!is_segment(author) || !is_segment(slug)) {
    AddViolation(path, "must be of the form author/slug", violations);
  }
  if (HasSpaceOrControl(model))
    AddViolation(path, "must not contain spaces or control characters", violations);
  if (CountCharacters(model) > kMaxModelCharacters) {
    AddViolation(path, absl::StrCat("is longer than ", kMaxModelCharacters, " characters"), violations);
  }
}

void CheckImage(const v1::ImageSpec& image, errors::Violations& violations) {
  CheckModel(image.model(), "image.model", violations);
  if (image.prompt().empty()) AddViolation("image.prompt", "is required", violations);
  if (image.has_n()) CheckRange("image.n", image.n(), 1, 10, violations);
  if (image.has_output_compression()) {
    CheckRange("image.output_compression", image.output_compression(), 0, 100, violations);
  }
  CheckBackground(image, violations);
  CheckReferences(image, violations);
  if (CountCharacters(image.session_id()) > kMaxSessionIdCharacters) {
    AddViolation("image.session_id", absl::StrCat("is longer than ", kMaxSessionIdCharacters, " characters"),
                 violations);
  }
  // What follows looks at every value.
  if (!CheckSizes(image, violations)) return;
  CheckProvider(image.provider(), violations);
  CheckAdditional(image.trace(), image.trace().additional_fields(), "image.trace.additional_fields",
                  violations);
  CheckAdditional(image, image.additional_fields(), "image.additional_fields", violations);
  if (image.additional_fields().fields().contains("stream")) {
    AddViolation("image.additional_fields.stream", "is decided by the method: call StreamGenerateImages",
                 violations);
  }
  // These two have rules of their own, which NUL breaks.
  CheckNoNul(image, "image", {v1::ImageSpec::kModelFieldNumber, v1::ImageSpec::kInputReferencesFieldNumber},
             violations);
}

}  // namespace openrouter::images::upstream
