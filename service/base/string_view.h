#pragma once

#include <absl/strings/string_view.h>

#include <string_view>

namespace openrouter_images::base {

// Debian builds Abseil for C++14, where absl::string_view is a distinct type without conversions from and to
// std::string_view.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

inline std::string_view FromAbsl(absl::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace openrouter_images::base
