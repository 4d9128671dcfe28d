#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "service/credentials/key_source.h"
#include "service/upstream/request/image_request_check.h"
#include "service/upstream/request/request_text.h"

namespace openrouter::images::upstream {
namespace {

constexpr std::size_t kMaxHeaders = 32;
constexpr std::size_t kMaxHeaderBytes = 8 * 1024;
constexpr std::size_t kMaxCategories = 32;
constexpr std::size_t kMaxCategoryBytes = 128;
constexpr std::size_t kMaxAttributionBytes = 512;

bool HasControlButTab(std::string_view value) {
  return std::ranges::any_of(value, [](char c) { return c != '\t' && HasControl({&c, 1}); });
}

void CheckHeader(std::string_view name, std::string_view value, std::span<const std::string> allowed,
                 errors::Violations& violations) {
  const std::string path = absl::StrCat("options.headers[", std::string(name), "]");
  if (!IsToken(name)) {
    AddViolation(path, "is not a header name", violations);
  } else if (std::ranges::none_of(
                 allowed, [&](const std::string& other) { return EqualsIgnoringCase(name, other); })) {
    AddViolation(path, "is not on the operator's list of allowed headers", violations);
  }
  if (HasControlButTab(value))
    AddViolation(path, "the value must not contain control characters", violations);
}

void CheckHeaders(const v1::CallOptions& options, std::span<const std::string> allowed,
                  errors::Violations& violations) {
  const auto& headers = options.headers();
  if (!CheckEntries("options.headers", headers.size(), kMaxHeaders, violations)) return;
  std::size_t bytes = 0;
  std::vector<std::string_view> names;
  names.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    bytes += name.size() + value.size();
    names.push_back(name);
  }
  if (bytes > kMaxHeaderBytes) {
    AddViolation("options.headers", absl::StrCat("takes ", bytes, " bytes; at most ", kMaxHeaderBytes),
                 violations);
  }
  // A map has no order, but a reply should.
  std::ranges::sort(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    CheckHeader(names[i], headers.at(std::string(names[i])), allowed, violations);
    const auto same = [&](std::string_view other) { return EqualsIgnoringCase(names[i], other); };
    if (std::any_of(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      AddViolation(absl::StrCat("options.headers[", std::string(names[i]), "]"), "is given twice",
                   violations);
    }
  }
}

void CheckHeaderText(std::string_view path, std::string_view text, errors::Violations& violations) {
  if (HasControl(text)) AddViolation(path, "must not contain control characters", violations);
}

void CheckShortHeaderText(std::string_view path, std::string_view text, std::size_t most,
                          errors::Violations& violations) {
  if (CheckBytes(path, text, most, violations)) CheckHeaderText(path, text, violations);
}

void CheckAttribution(const v1::Attribution& attribution, errors::Violations& violations) {
  CheckShortHeaderText("options.attribution.http_referer", attribution.http_referer(), kMaxAttributionBytes,
                       violations);
  CheckShortHeaderText("options.attribution.title", attribution.title(), kMaxAttributionBytes, violations);
  if (!CheckEntries("options.attribution.categories", attribution.categories_size(), kMaxCategories,
                    violations)) {
    return;
  }
  for (int i = 0; i < attribution.categories_size(); ++i) {
    const std::string path = absl::StrCat("options.attribution.categories[", i, "]");
    CheckShortHeaderText(path, attribution.categories(i), kMaxCategoryBytes, violations);
    // They are sent as one list with commas.
    if (attribution.categories(i).find(',') != std::string::npos) {
      AddViolation(path, "must not contain a comma; give each category its own entry", violations);
    }
  }
}

void CheckKey(std::string_view key, errors::Violations& violations) {
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7F'; });
  if (key.empty() || key.size() > credentials::kMaxKeyBytes || !printable) {
    AddViolation("options.api_key",
                 absl::StrCat("must be 1 to ", credentials::kMaxKeyBytes,
                              " printable ASCII characters without spaces"),
                 violations);
  }
}

}  // namespace

void CheckOptions(const v1::CallOptions& options, std::span<const std::string> allowed_headers,
                  errors::Violations& violations) {
  CheckHeaders(options, allowed_headers, violations);
  CheckAttribution(options.attribution(), violations);
  CheckHeaderText("options.session_id", options.session_id(), violations);
  if (CountCharacters(options.session_id()) > kMaxSessionIdCharacters) {
    AddViolation("options.session_id",
                 absl::StrCat("is longer than ", kMaxSessionIdCharacters, " characters"), violations);
  }
  if (options.has_api_key()) CheckKey(options.api_key(), violations);
}

}  // namespace openrouter::images::upstream
