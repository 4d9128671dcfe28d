#include "service/limits/violation.h"

#include <absl/strings/escaping.h>

namespace openrouter::images::limits {

void AddViolation(std::string_view path, std::string_view description, Violations& violations) {
  constexpr std::size_t kMaxPath = 128;
  if (violations.size() >= kMaxViolations) return;
  const std::string_view cut = path.substr(0, kMaxPath);
  violations.push_back({absl::CHexEscape({cut.data(), cut.size()}), std::string(description)});
}

}  // namespace openrouter::images::limits
