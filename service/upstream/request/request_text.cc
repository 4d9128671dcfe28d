#include "service/upstream/request/request_text.h"

#include <absl/strings/match.h>

#include "service/base/string_view.h"

namespace openrouter_images::upstream {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(base::ToAbsl(a), base::ToAbsl(b));
}

}  // namespace openrouter_images::upstream
