#include "service/http/fault_mapping.h"

#include <absl/strings/str_cat.h>

#include <cerrno>
#include <optional>

#include "service/base/string_view.h"

namespace openrouter_images::http {
namespace {

bool Mentions(std::string_view message, std::string_view words) {
  return message.find(words) != std::string_view::npos;
}

// CURLE_RECV_ERROR covers a broken connection, TLS without close_notify and a bad chunk alike; only the
// message tells the last two apart.
Fault ClassifyReceiveError(const TransferEnd& end) {
  if (!end.head_sent) return Fault::kConnect;
  if (end.os_error == ECONNRESET) return Fault::kReset;
  if (Mentions(end.message, "unexpected eof"))
    return end.reply_begun ? Fault::kTruncated : Fault::kEmptyReply;
  // A trailer above libcurl's own limit of 4 KB.
  if (Mentions(end.message, "Out of memory in chunked-encoding")) return Fault::kHeaderTooLarge;
  if (Mentions(end.message, "chunked-encoding")) return Fault::kProtocol;
  return Fault::kReset;
}

// TLS is spoken with the upstream once the tunnel stands. Until a request's head leaves, all else is between
// this process and the proxy.
bool FailedAtProxy(const TransferEnd& end) {
  const bool tunnel_stands = end.proxy_status / 100 == 2 && (end.code == CURLE_SSL_CONNECT_ERROR ||
                                                             end.code == CURLE_PEER_FAILED_VERIFICATION ||
                                                             end.code == CURLE_SSL_ISSUER_ERROR);
  return end.by_proxy && !end.head_sent && !tunnel_stands;
}

Fault ClassifyAtProxy(const TransferEnd& end) {
  return end.proxy_status / 100 == 4 ? Fault::kProxyRefused : Fault::kProxyFailed;
}

// An end that says nothing about the connection.
std::optional<Fault> ClassifyLocal(const TransferEnd& end) {
  if (end.out_of_descriptors) return Fault::kOutOfDescriptors;
  switch (end.code) {
    case CURLE_URL_MALFORMAT:
      return Fault::kInvalidRequest;
    case CURLE_UNSUPPORTED_PROTOCOL:
      // Also reported for a reply in HTTP/0.9.
      if (end.head_sent) return std::nullopt;
      return Fault::kInvalidRequest;
    case CURLE_OPERATION_TIMEDOUT:
      // libcurl is given one time limit only, that of the connect phase.
      return Fault::kConnectTimeout;
    case CURLE_SSL_CACERT_BADFILE:
      return Fault::kCaBundle;
    default:
      return std::nullopt;
  }
}

}  // namespace

Fault ClassifyEnd(const TransferEnd& end) {
  if (const std::optional<Fault> local = ClassifyLocal(end)) return *local;
  if (FailedAtProxy(end)) return ClassifyAtProxy(end);
  switch (end.code) {
    case CURLE_OK:
      // libcurl accepts a connection that ends inside the head, and a body that ends with the TLS connection,
      // with or without close_notify.
      return end.head_complete && !end.tls_cut_off ? Fault::kNone : Fault::kTruncated;
    case CURLE_COULDNT_RESOLVE_HOST:
      return Fault::kResolve;
    case CURLE_COULDNT_CONNECT:
      return Fault::kConnect;
    case CURLE_SSL_CONNECT_ERROR:
      return Fault::kTlsHandshake;
    case CURLE_PEER_FAILED_VERIFICATION:
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
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return Fault::kProtocol;
    case CURLE_OUT_OF_MEMORY:
      // Reported for a header line above libcurl's own limit of 100 KB.
      return end.head_sent && !end.head_complete ? Fault::kHeaderTooLarge : Fault::kOther;
    default:
      return Fault::kOther;
  }
}

std::string DescribeEnd(const TransferEnd& end, Fault fault) {
  const absl::string_view message = base::ToAbsl(end.message);
  switch (fault) {
    case Fault::kNone:
      return "";
    case Fault::kProxyRefused:
      return absl::StrCat("the proxy answered CONNECT with status ", end.proxy_status);
    case Fault::kProxyFailed:
      if (end.proxy_status >= 300) {
        return absl::StrCat("the proxy answered CONNECT with status ", end.proxy_status);
      }
      return absl::StrCat("the proxy made no connection: ", message);
    case Fault::kCaBundle:
      return absl::StrCat("the certificate authorities cannot be read: ", message);
    case Fault::kOutOfDescriptors:
      return "this process has no file descriptor left";
    case Fault::kHeaderTooLarge:
      return "a header of the reply is above the size limit";
    default:
      return end.code == CURLE_OK ? "the connection ended inside the reply" : std::string(end.message);
  }
}

bool MayLackDescriptors(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
         code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CACERT_BADFILE;
}

bool IsBeforeRequest(Fault fault) {
  switch (fault) {
    case Fault::kResolve:
    case Fault::kConnect:
    case Fault::kConnectTimeout:
    case Fault::kTlsHandshake:
    case Fault::kCertificate:
    case Fault::kProxyFailed:
    case Fault::kProxyRefused:
    case Fault::kCaBundle:
    case Fault::kOutOfDescriptors:
      return true;
    default:
      return false;
  }
}

}  // namespace openrouter_images::http
