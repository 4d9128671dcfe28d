#include "service/upstream/request/request_headers.h"

#include <absl/strings/str_join.h>

namespace openrouter_images::upstream {

std::vector<std::string> RequestHeaders(const v1::RequestOptions& options, std::string_view api_key,
                                        std::string_view accept) {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string_view name, std::string_view value) {
    std::string line;
    line.reserve(name.size() + 2 + value.size());
    lines.push_back(line.append(name).append(": ").append(value));
  };
  add("Accept", accept);
  if (!api_key.empty()) add("Authorization", std::string("Bearer ").append(api_key));
  const v1::Attribution& attribution = options.attribution();
  if (attribution.has_http_referer()) add("HTTP-Referer", attribution.http_referer());
  if (attribution.has_title()) add("X-OpenRouter-Title", attribution.title());
  if (attribution.categories_size() > 0) {
    add("X-OpenRouter-Categories", absl::StrJoin(attribution.categories(), ","));
  }
  if (options.has_session_id()) add("x-session-id", options.session_id());
  for (const auto& [name, value] : options.headers()) add(name, value);
  return lines;
}

}  // namespace openrouter_images::upstream
