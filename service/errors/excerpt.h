#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace openrouter_images::errors {

// Longest excerpt, in bytes.
inline constexpr std::size_t kMaxExcerptBytes = 300;

// The beginning of a body as one line of valid UTF-8, for people who look for what answered. Of markup only
// the text is kept, without scripts and styles. Reads at most 64 KiB of the body.
std::string Excerpt(std::string_view body);

}  // namespace openrouter_images::errors
