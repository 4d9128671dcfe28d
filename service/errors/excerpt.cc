#include "service/errors/excerpt.h"

#include <absl/strings/match.h>

#include <utility>

#include "service/base/string_view.h"
#include "service/errors/text.h"

namespace openrouter_images::errors {
namespace {

// Most bytes of a body that are read.
constexpr std::size_t kMaxRead = 64 * 1024;

// Where the element that begins at `text` ends: behind its tag, or behind its end tag where its content is
// not for people.
std::size_t EndOfElement(std::string_view text) {
  std::string_view until = ">";
  for (const auto& [tag, end] : {std::pair<std::string_view, std::string_view>{"<script", "</script>"},
                                 {"<style", "</style>"},
                                 {"<!--", "-->"}}) {
    if (absl::StartsWithIgnoreCase(base::ToAbsl(text), base::ToAbsl(tag))) until = end;
  }
  const std::size_t end = text.find(until);
  return end == std::string_view::npos ? text.size() : end + until.size();
}

std::string WithoutMarkup(std::string_view text) {
  std::string words;
  while (!text.empty() && words.size() < 4 * kMaxExcerptBytes) {
    const std::size_t tag = text.find('<');
    words.append(text.substr(0, tag)).push_back(' ');
    if (tag == std::string_view::npos) break;
    text.remove_prefix(tag);
    text.remove_prefix(EndOfElement(text));
  }
  return words;
}

}  // namespace

std::string Excerpt(std::string_view body) {
  body = body.substr(0, kMaxRead);
  return Clip(OneLine(body.starts_with('<') ? WithoutMarkup(body) : std::string(body)), kMaxExcerptBytes);
}

}  // namespace openrouter_images::errors
