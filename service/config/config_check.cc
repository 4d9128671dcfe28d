#include "service/config/config_check.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/base/string_view.h"
#include "service/limits/check.h"
#include "service/retry/retry_options.h"
#include "service/upstream/request/call_options_check.h"

namespace openrouter_images::config {
namespace {

using limits::AddViolation;
using limits::Violations;

constexpr int kMaxPort = 65535;

bool IsHostPort(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos) return false;
  const std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  // An IPv6 address needs brackets; otherwise its last group could be the port.
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (!bracketed && (host.empty() || host.find_first_of(":[]/ ") != host.npos)) return false;
  int number = 0;
  return std::all_of(port.begin(), port.end(), [](unsigned char c) { return absl::ascii_isdigit(c); }) &&
         absl::SimpleAtoi(base::ToAbsl(port), &number) && number <= kMaxPort;
}

enum class Credentials { kAllowed, kRefused };

bool IsHttpUrl(const std::string& text, Credentials credentials) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return false;
  const auto has = [&](CURLUPart part) {
    char* value = nullptr;
    const bool found = curl_url_get(url.get(), part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return found;
  };
  char* scheme = nullptr;
  if (curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) return false;
  const bool http = absl::EqualsIgnoreCase(scheme, "http") || absl::EqualsIgnoreCase(scheme, "https");
  curl_free(scheme);
  const bool has_credentials = has(CURLUPART_USER) || has(CURLUPART_PASSWORD);
  return http && !has(CURLUPART_QUERY) && !has(CURLUPART_FRAGMENT) &&
         (credentials == Credentials::kAllowed || !has_credentials);
}

// Headers that carry the key, frame the message, or that the service sets by itself.
bool IsReservedHeader(std::string_view name) {
  static constexpr auto kReserved = std::to_array<std::string_view>({"accept",
                                                                     "accept-encoding",
                                                                     "authorization",
                                                                     "connection",
                                                                     "content-encoding",
                                                                     "content-length",
                                                                     "content-type",
                                                                     "cookie",
                                                                     "expect",
                                                                     "host",
                                                                     "http-referer",
                                                                     "keep-alive",
                                                                     "proxy-authorization",
                                                                     "proxy-connection",
                                                                     "te",
                                                                     "trailer",
                                                                     "transfer-encoding",
                                                                     "upgrade",
                                                                     "user-agent",
                                                                     "x-openrouter-categories",
                                                                     "x-openrouter-title",
                                                                     "x-session-id"});
  return std::any_of(kReserved.begin(), kReserved.end(), [&](std::string_view reserved) {
    return absl::EqualsIgnoreCase(base::ToAbsl(reserved), base::ToAbsl(name));
  });
}

void CheckUpstream(const v1::Upstream& upstream, Violations& violations) {
  if (upstream.has_base_url() && !IsHttpUrl(upstream.base_url(), Credentials::kRefused)) {
    AddViolation("upstream.base_url", "must be an http or https URL without credentials, query and fragment",
                 violations);
  }
  // Empty means none, as if the field were not set.
  if (!upstream.proxy().empty() && !IsHttpUrl(upstream.proxy(), Credentials::kAllowed)) {
    AddViolation("upstream.proxy", "must be an http or https URL without query and fragment", violations);
  }
  openrouter_images::upstream::CheckAttribution(upstream.attribution(), "upstream.attribution", violations);
  for (int i = 0; i < upstream.allowed_headers_size(); ++i) {
    if (!IsReservedHeader(upstream.allowed_headers(i))) continue;
    AddViolation(absl::StrCat("upstream.allowed_headers[", i, "]"),
                 "must not be a header that the service itself is in charge of", violations);
  }
}

}  // namespace

void Validate(const v1::Config& config, Violations& violations) {
  if (!limits::Check(config, "", violations)) return;
  if (config.listen().has_address() && !IsHostPort(config.listen().address())) {
    AddViolation("listen.address", "must be HOST:PORT, such as 0.0.0.0:50051 or [::]:50051", violations);
  }
  CheckUpstream(config.upstream(), violations);
  retry::CheckRules(config.retry().generate(), "retry.generate", violations);
  retry::CheckRules(config.retry().catalog(), "retry.catalog", violations);
}

}  // namespace openrouter_images::config
