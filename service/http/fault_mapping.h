#pragma once

#include <curl/curl.h>

#include <string_view>

#include "service/http/transfer_result.h"

namespace openrouter_images::http {

// How libcurl ended a transfer.
struct TransferEnd {
  CURLcode code = CURLE_OK;
  long os_error = 0;         // errno of the last socket call that failed, 0 if none did.
  std::string_view message;  // libcurl's error buffer.
  bool head_sent = false;    // The connection was ready and the request's head was about to leave.
  bool reply_begun = false;
  bool head_complete = false;
  // The body ended with the TLS connection, without close_notify.
  bool tls_cut_off = false;
};

// Returns kNone only if libcurl succeeded and the head is complete.
Fault ClassifyEnd(const TransferEnd& end);

}  // namespace openrouter_images::http
