#include "service/limits/violation.h"

#include <absl/strings/escaping.h>

#include "service/base/string_view.h"

namespace openrouter_images::limits {

void AddViolation(std::string_view path, std::string_view description, Violations& violations) {
  constexpr std::size_t kMaxPath = 128;
  if (violations.size() >= kMaxViolations) return;
  violations.push_back({absl::CHexEscape(base::ToAbsl(path.substr(0, kMaxPath))), std::string(description)});
}

}  // namespace openrouter_images::limits
