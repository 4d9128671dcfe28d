#include "service/upstream/request/request_text.h"

#include <absl/strings/match.h>

namespace openrouter::images::upstream {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace openrouter::images::upstream
