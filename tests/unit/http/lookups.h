#pragma once

#include <string_view>

namespace openrouter_images::http::testing {

// This program's getaddrinfo never answers for kStuckHost while a StuckLookups lives, and knows no
// kUnknownHost. It takes the place of the C library's, for libcurl too; other names go there.
inline constexpr std::string_view kStuckHost = "stuck.test";
inline constexpr std::string_view kUnknownHost = "unknown.test";

class StuckLookups {
 public:
  StuckLookups();
  // Lets the lookups fail and waits until they have.
  ~StuckLookups();
  StuckLookups(const StuckLookups&) = delete;
  StuckLookups& operator=(const StuckLookups&) = delete;

  int waiting() const;
  void Release();
};

}  // namespace openrouter_images::http::testing
