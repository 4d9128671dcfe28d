#include "service/upstream/request/request_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace openrouter::images::upstream {

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

bool HasSpaceOrControl(std::string_view text) {
  return HasControl(text) || text.find(' ') != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
    return absl::ascii_isalnum(c) || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

std::size_t CountCharacters(std::string_view utf8) {
  // Continuation bytes are 10xxxxxx.
  return std::ranges::count_if(utf8, [](unsigned char c) { return (c & 0xC0) != 0x80; });
}

void AddViolation(std::string_view path, std::string_view description, errors::Violations& violations) {
  constexpr std::size_t kMaxViolations = 256;
  constexpr std::size_t kMaxPath = 128;
  if (violations.size() >= kMaxViolations) return;
  const std::string_view cut = path.substr(0, kMaxPath);
  violations.push_back({absl::CHexEscape({cut.data(), cut.size()}), std::string(description)});
}

bool CheckBytes(std::string_view path, std::string_view text, std::size_t most,
                errors::Violations& violations) {
  if (text.size() <= most) return true;
  AddViolation(path, absl::StrCat("takes ", text.size(), " bytes; at most ", most), violations);
  return false;
}

bool CheckEntries(std::string_view path, std::size_t entries, std::size_t most,
                  errors::Violations& violations) {
  if (entries <= most) return true;
  AddViolation(path, absl::StrCat("has ", entries, " entries; at most ", most), violations);
  return false;
}

}  // namespace openrouter::images::upstream
