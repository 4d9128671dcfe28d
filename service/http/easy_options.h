#pragma once

#include <curl/curl.h>

#include <optional>
#include <string>

#include "service/http/client.h"
#include "service/http/curl_handles.h"
#include "service/http/request.h"

namespace openrouter_images::http {

// Why a request cannot be sent, in plain words; unset when it can. libcurl checks none of it.
std::optional<std::string> ReasonToRefuse(const Request& request);

// Tells libcurl all about a request but the callbacks. Everything passed must outlive the handle; `headers`
// receives the lines that the handle refers to. Throws std::runtime_error or std::bad_alloc.
void SetRequestOptions(CURL* easy, const ClientOptions& options, const StringList& resolve,
                       const Request& request, StringList& headers);

}  // namespace openrouter_images::http
