#include "service/http/easy_options.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "service/base/string_view.h"

namespace openrouter_images::http {
namespace {

constexpr long kKeepAliveSeconds = 20;

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

// libcurl takes "Name:" as the wish to remove a header, and "Name;" as a header with an empty value.
std::string HeaderLine(const std::string& header) {
  const std::size_t colon = header.find(':');
  const std::string_view value = std::string_view(header).substr(colon + 1);
  if (!absl::StripAsciiWhitespace(base::ToAbsl(value)).empty()) return header;
  return header.substr(0, colon) + ";";
}

// libcurl allocates all of it for the whole transfer, so small bodies get little. Large ones save system
// calls.
long UploadBufferBytes(const std::string& body) {
  constexpr std::size_t kMinBytes = 16 * 1024;  // libcurl's minimum.
  constexpr std::size_t kMaxBytes = 512 * 1024;
  return static_cast<long>(std::clamp(body.size(), kMinBytes, kMaxBytes));
}

void SetTlsOptions(CURL* easy, const ClientOptions& options) {
  SetOption(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // With libcurl's default CApath the parsed trust store is not cached: 25 ms instead of 0.8 ms a handshake.
  SetOption(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  SetOption(easy, CURLOPT_CAINFO, options.ca_bundle.c_str());
  SetOption(easy, CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
  SetOption(easy, CURLOPT_PROXY_CAINFO, options.ca_bundle.c_str());
}

void SetConnectionOptions(CURL* easy, const ClientOptions& options, const StringList& resolve,
                          const Request& request) {
  SetOption(easy, CURLOPT_PROXY, options.proxy.c_str());
  // A proxy's reply to CONNECT is no part of the upstream's.
  SetOption(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // One unread HTTP/2 stream stalls its connection, and one lost connection kills every stream on it.
  SetOption(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  SetOption(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  SetOption(easy, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  SetOption(easy, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
  SetOption(easy, CURLOPT_BUFFERSIZE, options.buffer_bytes);
  // Otherwise, ending a transfer during a lookup blocks the loop until the resolver's thread returns.
  SetOption(easy, CURLOPT_QUICK_EXIT, 1L);
  if (resolve != nullptr) SetOption(easy, CURLOPT_RESOLVE, resolve.get());
  // Given to libcurl, which divides it among the host's addresses.
  SetOption(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, request.timeouts.connect.count()));
  if (request.connection == ConnectionUse::kFresh) {
    SetOption(easy, CURLOPT_FRESH_CONNECT, 1L);
    SetOption(easy, CURLOPT_FORBID_REUSE, 1L);
  }
}

void SetHeaders(CURL* easy, const ClientOptions& options, const Request& request, StringList& headers) {
  if (!options.user_agent.empty()) SetOption(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  for (const std::string& header : request.headers) Append(headers, HeaderLine(header));
  // Removes headers that libcurl adds by itself: Expect delays a large body by up to a second, and
  // Content-Type declares every body a form.
  Append(headers, "Expect:");
  Append(headers, "Content-Type:");
  SetOption(easy, CURLOPT_HTTPHEADER, headers.get());
}

}  // namespace

std::optional<std::string> ReasonToRefuse(const Request& request) {
  if (request.method == Method::kPost && request.body.empty()) return "POST without a body";
  if (request.method == Method::kGet && request.before_dispatch) return "before_dispatch is for POST only";
  if (HasControlCharacter(request.url)) return "control character in the URL";
  for (const std::string& header : request.headers) {
    // libcurl sends header lines unchanged, line breaks included.
    if (HasControlCharacter(header)) return "control character in a header";
    if (header.find(':') == std::string::npos) return "header without a colon";
  }
  return std::nullopt;
}

void SetRequestOptions(CURL* easy, const ClientOptions& options, const StringList& resolve,
                       const Request& request, StringList& headers) {
  SetOption(easy, CURLOPT_NOSIGNAL, 1L);
  SetOption(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  SetOption(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  SetOption(easy, CURLOPT_FOLLOWLOCATION, 0L);
  SetOption(easy, CURLOPT_PATH_AS_IS, 1L);
  SetOption(easy, CURLOPT_URL, request.url.c_str());
  SetConnectionOptions(easy, options, resolve, request);
  SetTlsOptions(easy, options);
  SetHeaders(easy, options, request, headers);
  if (request.method == Method::kPost) {
    SetOption(easy, CURLOPT_POST, 1L);
    SetOption(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    SetOption(easy, CURLOPT_UPLOAD_BUFFERSIZE, UploadBufferBytes(request.body));
  }
}

}  // namespace openrouter_images::http
