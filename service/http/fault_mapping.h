#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "service/http/transfer_result.h"

namespace openrouter_images::http {

// How libcurl ended a transfer.
struct TransferEnd {
  CURLcode code = CURLE_OK;
  long os_error = 0;              // errno of the last socket call that failed, 0 if none did.
  std::string_view message = "";  // libcurl's words.
  bool by_proxy = false;
  long proxy_status = 0;            // Of the proxy's last reply to CONNECT, 0 without one.
  bool out_of_descriptors = false;  // This process has none left.
  bool head_sent = false;           // The connection was ready and the request's head was about to leave.
  bool reply_begun = false;
  bool head_complete = false;
  // The body ended with the TLS connection, without close_notify.
  bool tls_cut_off = false;
};

// Returns kNone only if libcurl succeeded and the head is complete.
Fault ClassifyEnd(const TransferEnd& end);

// What happened, in plain words; empty for kNone. `fault` is what became of ClassifyEnd.
std::string DescribeEnd(const TransferEnd& end, Fault fault);

// Whether libcurl reports the want of file descriptors by this code, among other things.
bool MayLackDescriptors(CURLcode code);

// Whether a transfer with this fault has not come as far as sending the request's head.
bool IsBeforeRequest(Fault fault);

}  // namespace openrouter_images::http
