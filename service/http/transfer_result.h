#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace openrouter_images::http {

// Why a transfer did not deliver a complete reply. An HTTP error status or a redirect is a complete reply:
// kNone.
enum class Fault {
  kNone,
  kInvalidRequest,    // The URL or a header was refused here; nothing was sent.
  kResolve,           // The host's name has no address.
  kConnect,           // No TCP connection, or it was lost while it was being set up.
  kConnectTimeout,    // Lookup, TCP and TLS together took too long.
  kTlsHandshake,      // The handshake broke, other than by the certificate.
  kCertificate,       // The peer's certificate was not accepted.
  kSend,              // The connection broke while the request went out.
  kReset,             // The connection broke after that, other than by an orderly end.
  kEmptyReply,        // The peer ended the connection before the first line of a reply was complete.
  kTruncated,         // It ended inside the head or the body, or without TLS close_notify.
  kProtocol,          // The reply is no HTTP (status line, chunk), or has a transfer coding besides chunked.
  kFirstByteTimeout,  // Timeouts::first_byte passed.
  kStallTimeout,      // Timeouts::stall passed.
  kDeadline,          // Request::deadline passed.
  kCancelled,         // The caller cancelled.
  kAbortedByHandler,  // ResponseHandler::OnBody returned Flow::kAbort.
  kVetoed,            // Request::before_dispatch returned false: never dispatched.
  kCallbackThrew,     // Request::before_dispatch or a ResponseHandler threw; the detail is the what().
  kRedispatch,        // A pooled connection died and libcurl was about to send a POST again; it was stopped.
  kProxyFailed,       // The proxy is out of reach, or its answer to CONNECT is broken or 5xx.
  kProxyRefused,      // The proxy answered CONNECT with 4xx (407: it wants other credentials).
  kCaBundle,          // The local bundle of certificate authorities could not be read.
  kOutOfDescriptors,  // This process has no file descriptor left.
  kHeaderTooLarge,    // A header of the reply is above the size limit.
  kAttemptTimeout,    // Timeouts::attempt passed.
  kOther,             // Something else, named in TransferResult::detail.
};

// The enumerator's name without its k, in snake case: "connect_timeout". Static.
std::string_view FaultName(Fault fault);

// Since the start of the transfer; zero when not reached. On a pooled connection resolve, connect and tls are
// about zero.
struct Timings {
  std::chrono::microseconds resolve{0};
  std::chrono::microseconds connect{0};
  std::chrono::microseconds tls{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
};

struct TransferResult {
  Fault fault = Fault::kNone;
  // For people, at most 255 bytes; empty with kNone. Names hosts and addresses, never headers or bodies.
  std::string detail;
  // False only if no byte of a POST's body went out (of a GET: no byte at all). The only proof that nothing
  // was spent. A reply is possible even so: one that refuses the request by its head. The other way round, a
  // complete reply (kNone) may come before the whole body went out; the rest is then not sent.
  bool dispatched = false;
  // How often the request was dispatched, and over how many new connections. More than one dispatch only for
  // pooled GETs.
  int dispatches = 0;
  int connections = 0;
  int status = 0;  // The upstream's, never a proxy's to CONNECT. 0 without a complete head.
  Timings timings;
  std::uint64_t body_bytes = 0;  // Those that the handler took.
};

}  // namespace openrouter_images::http
