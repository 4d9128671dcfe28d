#include "service/upstream/request/image_request_check.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "service/json/json_struct.h"
#include "service/limits/struct_check.h"
#include "service/limits/text.h"
#include "service/upstream/codec/media_type.h"
#include "service/upstream/request/request_text.h"

namespace openrouter_images::upstream {
namespace {

namespace pb = google::protobuf;
using limits::AddViolation;
using limits::Violations;

// A request that passes the checks is encoded completely.
static_assert(limits::kMaxStructDepth <= json::kMaxJsonDepth);

bool IsMediaType(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && text.size() <= 127 && limits::IsToken(text.substr(0, slash)) &&
         limits::IsToken(text.substr(slash + 1));
}

void CheckDataUrl(std::string_view url, const std::string& path, Violations& violations) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kEncoding = ";base64";
  const std::size_t comma = url.find(',');
  std::string_view kind = url.substr(0, comma);
  kind.remove_prefix(std::min(kind.size(), kScheme.size()));
  const bool base64 = kind.size() >= kEncoding.size() &&
                      EqualsIgnoringCase(kind.substr(kind.size() - kEncoding.size()), kEncoding);
  if (comma == std::string_view::npos || !base64 || !IsMediaType(kind.substr(0, kind.find(';')))) {
    AddViolation(path, "a data URL must be of the form data:<media type>;base64,<data>", violations);
  } else if (comma + 1 == url.size()) {
    AddViolation(path, "the data URL holds no data", violations);
  }
}

void CheckUrl(std::string_view url, const std::string& path, Violations& violations) {
  // Already reported by limits::Check.
  if (url.find('\0') != std::string_view::npos) return;
  const std::string_view scheme = url.substr(0, url.find(':'));
  if (EqualsIgnoringCase(scheme, "data")) return CheckDataUrl(url, path, violations);
  const std::string_view rest = url.substr(scheme.size());
  const bool web = EqualsIgnoringCase(scheme, "http") || EqualsIgnoringCase(scheme, "https");
  if (!web || !rest.starts_with("://") || rest.size() == 3 || rest[3] == '/') {
    AddViolation(path, "must be an http or https URL, or a base64 data URL", violations);
  } else if (limits::HasSpaceOrControl(url)) {
    AddViolation(path, "must not contain spaces or control characters", violations);
  }
}

void CheckInline(const v1::InlineImage& image, const std::string& path, Violations& violations) {
  if (!image.media_type().empty()) {
    const bool has_nul = image.media_type().find('\0') != std::string::npos;
    if (!IsMediaType(image.media_type()) && !has_nul) {
      AddViolation(path, "must be a media type such as image/png", violations);
    }
  } else if (!image.data().empty() && MediaTypeBySignature(image.data()).empty()) {
    AddViolation(path, "is required: the data has no signature of a known kind of image", violations);
  }
}

// What is sent beside a source, which has a type and an image_url of its own.
void CheckBeside(const pb::Struct& more, const std::string& path, Violations& violations) {
  if (more.fields().contains("type")) {
    AddViolation(absl::StrCat(path, ".type"), "is set twice: a url or an inline image has the type image_url",
                 violations);
  }
  const auto image_url = more.fields().find("image_url");
  if (image_url == more.fields().end()) return;
  if (!image_url->second.has_struct_value()) {
    AddViolation(absl::StrCat(path, ".image_url"), "must be an object", violations);
  } else if (image_url->second.struct_value().fields().contains("url")) {
    AddViolation(absl::StrCat(path, ".image_url.url"), "is set twice: also as the url or the inline image",
                 violations);
  }
}

void CheckOwnType(const pb::Struct& more, const std::string& path, Violations& violations) {
  const auto type = more.fields().find("type");
  if (type == more.fields().end()) {
    AddViolation(path, "needs a url, an inline image, or a type in additional_fields", violations);
  } else if (type->second.string_value().empty()) {
    AddViolation(absl::StrCat(path, ".additional_fields.type"), "must be a text, and not empty", violations);
  }
}

void CheckReference(const v1::InputReference& reference, const std::string& path, Violations& violations) {
  const pb::Struct& more = reference.additional_fields();
  switch (reference.source_case()) {
    case v1::InputReference::SOURCE_NOT_SET:
      return CheckOwnType(more, path, violations);
    case v1::InputReference::kUrl:
      CheckUrl(reference.url(), absl::StrCat(path, ".url"), violations);
      break;
    case v1::InputReference::kInline:
      CheckInline(reference.inline_(), absl::StrCat(path, ".inline.media_type"), violations);
      break;
  }
  CheckBeside(more, absl::StrCat(path, ".additional_fields"), violations);
}

void CheckBackground(const v1::ImageSpec& image, Violations& violations) {
  const bool opaque_format = image.output_format() == "jpeg" || image.output_format() == "svg";
  if (image.background() == "transparent" && opaque_format) {
    AddViolation("image.background", "transparent needs the output_format png or webp", violations);
  }
}

}  // namespace

void CheckImage(const v1::ImageSpec& image, Violations& violations) {
  CheckBackground(image, violations);
  for (int i = 0; i < image.input_references_size(); ++i) {
    CheckReference(image.input_references(i), absl::StrCat("image.input_references[", i, "]"), violations);
  }
  if (image.additional_fields().fields().contains("stream")) {
    AddViolation("image.additional_fields.stream", "is decided by the method: call StreamGenerateImages",
                 violations);
  }
}

}  // namespace openrouter_images::upstream
