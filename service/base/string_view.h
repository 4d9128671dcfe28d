#pragma once

#include <absl/strings/string_view.h>

#include <string_view>

namespace openrouter::images::base {

// Debian builds Abseil for C++14: absl::string_view is a type of its own there, which std::string_view does not
// convert to, nor the other way round.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

inline std::string_view FromAbsl(absl::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace openrouter::images::base
