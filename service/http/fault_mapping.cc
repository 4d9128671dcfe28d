#include "service/http/fault_mapping.h"

#include <cerrno>

namespace openrouter_images::http {
namespace {

bool Mentions(std::string_view message, std::string_view words) {
  return message.find(words) != std::string_view::npos;
}

// CURLE_RECV_ERROR covers a broken connection, TLS without close_notify and a bad chunk alike; only the
// message tells the last two apart.
Fault ClassifyReceiveError(const TransferEnd& end) {
  if (!end.head_sent) return Fault::kConnect;  // A proxy that ended the tunnel's set-up.
  if (end.os_error == ECONNRESET) return Fault::kReset;
  if (Mentions(end.message, "unexpected eof"))
    return end.reply_begun ? Fault::kTruncated : Fault::kEmptyReply;
  if (Mentions(end.message, "chunked-encoding")) return Fault::kProtocol;
  return Fault::kReset;
}

}  // namespace

Fault ClassifyEnd(const TransferEnd& end) {
  switch (end.code) {
    case CURLE_OK:
      // libcurl accepts a connection that ends inside the head, and a body that ends with the TLS connection,
      // with or without close_notify.
      return end.head_complete && !end.tls_cut_off ? Fault::kNone : Fault::kTruncated;
    case CURLE_URL_MALFORMAT:
      return Fault::kInvalidRequest;
    case CURLE_UNSUPPORTED_PROTOCOL:
      // Also reported for a reply in HTTP/0.9.
      return end.head_sent ? Fault::kProtocol : Fault::kInvalidRequest;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Fault::kResolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return Fault::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      // libcurl is given one time limit only, that of the connect phase.
      return Fault::kConnectTimeout;
    case CURLE_SSL_CONNECT_ERROR:
      return Fault::kTlsHandshake;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return Fault::kCertificate;
    case CURLE_SEND_ERROR:
      return Fault::kSend;
    case CURLE_RECV_ERROR:
      return ClassifyReceiveError(end);
    case CURLE_GOT_NOTHING:
      // libcurl ignores interim replies.
      return end.reply_begun ? Fault::kTruncated : Fault::kEmptyReply;
    case CURLE_PARTIAL_FILE:
      return Fault::kTruncated;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return Fault::kProtocol;
    case CURLE_OUT_OF_MEMORY:
      // Also reported for a header line above libcurl's own limit of 100 KB.
      return end.head_sent && !end.head_complete ? Fault::kProtocol : Fault::kOther;
    default:
      return Fault::kOther;
  }
}

}  // namespace openrouter_images::http
