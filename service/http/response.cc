#include "service/http/response.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_split.h>

#include <algorithm>

#include "service/base/string_view.h"

namespace openrouter_images::http {
namespace {

std::string_view Trim(std::string_view text) {
  return base::FromAbsl(absl::StripAsciiWhitespace(base::ToAbsl(text)));
}

// All of them, in order, over all headers.
std::vector<std::string_view> TransferCodings(const ResponseHead& head) {
  std::vector<std::string_view> codings;
  for (const Header& header : head.headers) {
    if (!absl::EqualsIgnoreCase(header.name, "Transfer-Encoding")) continue;
    for (const absl::string_view part : absl::StrSplit(header.value, ',')) {
      const std::string_view coding = Trim(base::FromAbsl(part));
      if (!coding.empty()) codings.push_back(coding);
    }
  }
  return codings;
}

bool IsChunked(std::string_view coding) {
  return absl::EqualsIgnoreCase(base::ToAbsl(coding), "chunked");
}

}  // namespace

std::optional<std::string_view> ResponseHead::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, base::ToAbsl(name))) return header.value;
  }
  return std::nullopt;
}

std::string ForeignTransferCoding(const ResponseHead& head) {
  for (const std::string_view coding : TransferCodings(head)) {
    if (!IsChunked(coding) && !absl::EqualsIgnoreCase(base::ToAbsl(coding), "identity")) {
      return std::string(coding);
    }
  }
  return "";
}

bool EndsWithConnection(const ResponseHead& head) {
  if (head.status == 204 || head.status == 304) return false;
  const std::vector<std::string_view> codings = TransferCodings(head);
  if (!codings.empty()) return std::none_of(codings.begin(), codings.end(), IsChunked);
  return !head.Find("Content-Length");
}

ResponseHeadReader::ResponseHeadReader(std::size_t max_bytes) : bytes_left_(max_bytes) {}

ResponseHeadReader::Progress ResponseHeadReader::AddLine(std::string_view line, int status) {
  if (line.size() > bytes_left_) return Progress::kTooLarge;
  bytes_left_ -= line.size();
  if (complete_) return Progress::kMore;

  if (at_status_line_) {
    at_status_line_ = false;
    head_.headers.clear();
    return Progress::kMore;
  }
  const std::string_view text = Trim(line);
  if (text.empty()) {
    if (status < 200) {
      at_status_line_ = true;
      return Progress::kMore;
    }
    complete_ = true;
    head_.status = status;
    return Progress::kComplete;
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
