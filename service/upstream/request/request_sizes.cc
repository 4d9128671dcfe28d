#include "service/upstream/request/request_sizes.h"

#include <absl/strings/str_cat.h>

#include <string>
#include <string_view>

#include "service/json/json_struct.h"
#include "service/upstream/request/request_text.h"

namespace openrouter::images::upstream {
namespace {

namespace pb = google::protobuf;

// Words of the upstream's vocabularies.
constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kMaxSlugBytes = 128;
// The user and names for tracing.
constexpr std::size_t kMaxNameBytes = 512;
constexpr std::size_t kMaxSlugs = 64;
constexpr std::size_t kMaxOptions = 64;

// Counts values until there are too many. What is nested too deep is refused by another rule, and not
// counted.
class ValueCount {
 public:
  // False: that was too much.
  bool Add(const pb::Struct& fields, std::size_t depth = 1) {
    for (const auto& [key, value] : fields.fields()) {
      if (!Add(value, depth)) return false;
    }
    return true;
  }

 private:
  bool Add(const pb::Value& value, std::size_t depth) {
    if (++values_ > kMaxStructValues) return false;
    if (depth == json::kMaxJsonDepth) return true;
    if (value.has_struct_value()) return Add(value.struct_value(), depth + 1);
    for (const pb::Value& element : value.list_value().values()) {
      if (!Add(element, depth + 1)) return false;
    }
    return true;
  }

  std::size_t values_ = 0;
};

bool IsCountable(const v1::ImageSpec& image) {
  ValueCount count;
  for (const auto& [slug, options] : image.provider().options()) {
    if (!count.Add(options)) return false;
  }
  return count.Add(image.provider().additional_fields()) && count.Add(image.trace().additional_fields()) &&
         count.Add(image.additional_fields());
}

void CheckSlugs(std::string_view path, const pb::RepeatedPtrField<std::string>& slugs,
                errors::Violations& violations) {
  if (!CheckEntries(path, slugs.size(), kMaxSlugs, violations)) return;
  for (int i = 0; i < slugs.size(); ++i) {
    CheckBytes(absl::StrCat(std::string(path), "[", i, "]"), slugs[i], kMaxSlugBytes, violations);
  }
}

void CheckProviderSizes(const v1::ProviderPreferences& provider, errors::Violations& violations) {
  CheckSlugs("image.provider.order", provider.order(), violations);
  CheckSlugs("image.provider.only", provider.only(), violations);
  CheckSlugs("image.provider.ignore", provider.ignore(), violations);
  CheckBytes("image.provider.sort", provider.sort(), kMaxWordBytes, violations);
  CheckBytes("image.provider.sort_config.by", provider.sort_config().by(), kMaxWordBytes, violations);
  CheckBytes("image.provider.sort_config.partition", provider.sort_config().partition(), kMaxWordBytes,
             violations);
  if (!CheckEntries("image.provider.options", provider.options().size(), kMaxOptions, violations)) return;
  for (const auto& [slug, options] : provider.options()) {
    CheckBytes(absl::StrCat("image.provider.options[", slug.substr(0, kMaxSlugBytes), "]"), slug,
               kMaxSlugBytes, violations);
  }
}

}  // namespace

bool CheckSizes(const v1::ImageSpec& image, errors::Violations& violations) {
  const std::size_t before = violations.size();
  CheckBytes("image.size", image.size(), kMaxWordBytes, violations);
  CheckBytes("image.resolution", image.resolution(), kMaxWordBytes, violations);
  CheckBytes("image.aspect_ratio", image.aspect_ratio(), kMaxWordBytes, violations);
  CheckBytes("image.quality", image.quality(), kMaxWordBytes, violations);
  CheckBytes("image.output_format", image.output_format(), kMaxWordBytes, violations);
  CheckBytes("image.background", image.background(), kMaxWordBytes, violations);
  CheckBytes("image.user", image.user(), kMaxNameBytes, violations);
  CheckProviderSizes(image.provider(), violations);
  const v1::TraceConfig& trace = image.trace();
  CheckBytes("image.trace.trace_id", trace.trace_id(), kMaxNameBytes, violations);
  CheckBytes("image.trace.trace_name", trace.trace_name(), kMaxNameBytes, violations);
  CheckBytes("image.trace.span_name", trace.span_name(), kMaxNameBytes, violations);
  CheckBytes("image.trace.generation_name", trace.generation_name(), kMaxNameBytes, violations);
  CheckBytes("image.trace.parent_span_id", trace.parent_span_id(), kMaxNameBytes, violations);
  if (!IsCountable(image)) {
    AddViolation("image",
                 absl::StrCat("holds more than ", kMaxStructValues,
                              " values in additional_fields and provider.options together"),
                 violations);
  }
  return violations.size() == before;
}

}  // namespace openrouter::images::upstream
