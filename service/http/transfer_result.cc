#include "service/http/transfer_result.h"

namespace openrouter_images::http {

std::string_view FaultName(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kInvalidRequest:
      return "invalid_request";
    case Fault::kResolve:
      return "resolve";
    case Fault::kConnect:
      return "connect";
    case Fault::kConnectTimeout:
      return "connect_timeout";
    case Fault::kTlsHandshake:
      return "tls_handshake";
    case Fault::kCertificate:
      return "certificate";
    case Fault::kSend:
      return "send";
    case Fault::kReset:
      return "reset";
    case Fault::kEmptyReply:
      return "empty_reply";
    case Fault::kTruncated:
      return "truncated";
    case Fault::kProtocol:
      return "protocol";
    case Fault::kFirstByteTimeout:
      return "first_byte_timeout";
    case Fault::kStallTimeout:
      return "stall_timeout";
    case Fault::kDeadline:
      return "deadline";
    case Fault::kCancelled:
      return "cancelled";
    case Fault::kAbortedByHandler:
      return "aborted_by_handler";
    case Fault::kCallbackThrew:
      return "callback_threw";
    case Fault::kRedispatch:
      return "redispatch";
    case Fault::kVetoed:
      return "vetoed";
    case Fault::kProxyFailed:
      return "proxy_failed";
    case Fault::kProxyRefused:
      return "proxy_refused";
    case Fault::kCaBundle:
      return "ca_bundle";
    case Fault::kOutOfDescriptors:
      return "out_of_descriptors";
    case Fault::kHeaderTooLarge:
      return "header_too_large";
    case Fault::kAttemptTimeout:
      return "attempt_timeout";
    case Fault::kOther:
      break;
  }
  return "other";
}

}  // namespace openrouter_images::http
