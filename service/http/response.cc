#include "service/http/response.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include "service/base/string_view.h"

namespace openrouter_images::http {
namespace {

std::string_view Trim(std::string_view text) {
  return base::FromAbsl(absl::StripAsciiWhitespace(base::ToAbsl(text)));
}

}  // namespace

std::optional<std::string_view> ResponseHead::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, base::ToAbsl(name))) return header.value;
  }
  return std::nullopt;
}

ResponseHeadReader::ResponseHeadReader(std::size_t max_bytes) : bytes_left_(max_bytes) {}

ResponseHeadReader::Progress ResponseHeadReader::AddLine(std::string_view line, int status) {
  if (line.size() > bytes_left_) return Progress::kTooLarge;
  bytes_left_ -= line.size();
  if (complete_) return Progress::kMore;

  const std::string_view text = Trim(line);
  if (text.empty()) {
    if (status < 200) return Progress::kMore;
    complete_ = true;
    head_.status = status;
    return Progress::kComplete;
  }
  if (line.starts_with("HTTP/")) {
    head_.headers.clear();
    return Progress::kMore;
  }
  const bool continues_previous = line.front() == ' ' || line.front() == '\t';
  if (continues_previous) {
    if (!head_.headers.empty()) head_.headers.back().value.append(" ").append(text);
    return Progress::kMore;
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    head_.headers.push_back(
        {std::string(Trim(text.substr(0, colon))), std::string(Trim(text.substr(colon + 1)))});
  }
  return Progress::kMore;
}

}  // namespace openrouter_images::http
