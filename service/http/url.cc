#include "service/http/url.h"

#include <curl/curl.h>

#include <memory>
#include <new>

namespace openrouter_images::http {

std::string EscapePathSegment(std::string_view text) {
  // libcurl takes length 0 as a request to call strlen.
  if (text.empty()) return "";
  const std::unique_ptr<char, decltype(&curl_free)> escaped(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
  if (escaped == nullptr) throw std::bad_alloc();
  return escaped.get();
}

}  // namespace openrouter_images::http
