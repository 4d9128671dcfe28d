#include "service/upstream/request/call_options_check.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "service/limits/field_path.h"
#include "service/limits/text.h"
#include "service/upstream/request/request_text.h"

namespace openrouter_images::upstream {
namespace {

using limits::AddViolation;
using limits::Violations;

void CheckHeaders(const v1::RequestOptions& options, std::span<const std::string> allowed,
                  Violations& violations) {
  // Sorted, so that violations have a stable order.
  std::vector<std::string_view> names;
  for (const auto& [name, value] : options.headers()) names.push_back(name);
  std::ranges::sort(names);

  const limits::FieldPath headers("options.headers");
  for (auto name = names.begin(); name != names.end(); ++name) {
    const auto same = [&](std::string_view other) { return EqualsIgnoringCase(*name, other); };
    const std::string path = headers.Key(*name).ToString();
    if (limits::IsToken(*name) && std::ranges::none_of(allowed, same)) {
      AddViolation(path, "is not on the operator's list of allowed headers", violations);
    }
    if (std::any_of(names.begin(), name, same)) AddViolation(path, "is given twice", violations);
  }
}

}  // namespace

void CheckOptions(const v1::RequestOptions& options, std::span<const std::string> allowed_headers,
                  Violations& violations) {
  CheckHeaders(options, allowed_headers, violations);
  CheckAttribution(options.attribution(), "options.attribution", violations);
}

void CheckAttribution(const v1::Attribution& attribution, std::string_view path, Violations& violations) {
  const limits::FieldPath root(path);
  const limits::FieldPath categories = root.Field("categories");
  for (int i = 0; i < attribution.categories_size(); ++i) {
    if (attribution.categories(i).find(',') == std::string::npos) continue;
    AddViolation(categories.Index(i).ToString(), "must not contain a comma; give each category its own entry",
                 violations);
  }
}

}  // namespace openrouter_images::upstream
