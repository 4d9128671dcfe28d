#include "service/upstream/request/image_request_check.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "service/json/json_struct.h"
#include "service/limits/struct_count.h"
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

// `additional` belongs to `message` and must name none of its fields.
void CheckAdditional(const pb::Message& message, const pb::Struct& additional, const std::string& path,
                     Violations& violations) {
  for (const auto& [name, value] : additional.fields()) {
    if (message.GetDescriptor()->FindFieldByName(name) != nullptr) {
      AddViolation(absl::StrCat(path, ".", name), "is a defined field; set that one", violations);
    }
  }
}

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

void CheckReference(const v1::InputReference& reference, const std::string& path, Violations& violations) {
  switch (reference.source_case()) {
    case v1::InputReference::kUrl:
      return CheckUrl(reference.url(), absl::StrCat(path, ".url"), violations);
    case v1::InputReference::kInline:
      return CheckInline(reference.inline_(), absl::StrCat(path, ".inline.media_type"), violations);
    case v1::InputReference::SOURCE_NOT_SET:
      return AddViolation(path, "needs a url or an inline image", violations);
  }
}

void CheckBackground(const v1::ImageSpec& image, Violations& violations) {
  const bool opaque_format = image.output_format() == "jpeg" || image.output_format() == "svg";
  if (image.background() == "transparent" && opaque_format) {
    AddViolation("image.background", "transparent needs the output_format png or webp", violations);
  }
}

}  // namespace

void CheckModel(std::string_view model, std::string_view path, Violations& violations) {
  if (model.empty()) return;
  const std::size_t slash = model.find('/');
  const std::string_view author = model.substr(0, slash);
  const std::string_view slug =
      slash == std::string_view::npos ? std::string_view() : model.substr(slash + 1);
  // Author and slug become segments of a URL's path, where "." and ".." have a meaning of their own.
  const auto is_segment = [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." && part.find('/') == std::string_view::npos;
  };
  if (!is_segment(author) || !is_segment(slug)) {
    AddViolation(path, "must be of the form author/slug", violations);
  }
}

void CheckImage(const v1::ImageSpec& image, Violations& violations) {
  CheckModel(image.model(), "image.model", violations);
  CheckBackground(image, violations);
  for (int i = 0; i < image.input_references_size(); ++i) {
    CheckReference(image.input_references(i), absl::StrCat("image.input_references[", i, "]"), violations);
  }
  CheckAdditional(image.provider(), image.provider().additional_fields(), "image.provider.additional_fields",
                  violations);
  CheckAdditional(image.trace(), image.trace().additional_fields(), "image.trace.additional_fields",
                  violations);
  CheckAdditional(image, image.additional_fields(), "image.additional_fields", violations);
  if (image.additional_fields().fields().contains("stream")) {
    AddViolation("image.additional_fields.stream", "is decided by the method: call StreamGenerateImages",
                 violations);
  }
}

}  // namespace openrouter_images::upstream
