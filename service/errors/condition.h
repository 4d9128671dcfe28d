#pragma once

namespace openrouter_images::errors {

// Everything that can go wrong with a call: one row of the error table per condition.
enum class Condition {
  // On the way to the upstream and back.
  kDns,
  kConnect,
  kConnectTimeout,
  kTlsHandshake,
  kCertificate,
  kConnectionLost,  // After the dispatch: reset, no reply at all, error while sending.
  kRedispatch,      // The transport was about to send the request a second time, and was stopped.
  kTruncated,
  kProtocol,
  kFirstByteTimeout,
  kStalled,
  kDeadlineBeforeDispatch,
  kDeadlineAfterDispatch,
  kCancelledBeforeDispatch,
  kCancelledAfterDispatch,
  kReaderStalled,  // The caller of a stream was too slow.

  // An HTTP status that is not a success. Of several conditions of one status the plain one comes first.
  kHttp400,
  kHttp401ServiceKey,
  kHttp401CallerKey,
  kHttp402Credits,  // And every 402 that does not say which limit was reached.
  kHttp402KeyLimit,
  kHttp402InFlight,
  kHttp403Permission,  // And every 403 that does not say why.
  kHttp403Moderation,
  kHttp403Guardrail,
  kHttp403Budget,
  kHttp404,
  kHttp408,
  kHttp413,
  kHttp422,
  kHttp429,
  kHttpOther4xx,
  kHttp500,
  kHttp502,
  kHttp503,
  kHttp504,
  kHttp524,
  kHttp529,
  kHttpOther5xx,
  kEdgePage,  // 429 or 5xx (but for 504 and 524) whose body is not the upstream's own.
  kRedirect,
  kUnexpectedStatus,

  // 2xx with an unusable body.
  kErrorInSuccess,
  kEmptyReply,
  kNoImages,
  kUndecodableImage,
  kTooLarge,
  kTooManyImages,
  kIncompleteStream,

  // Found by this service itself.
  kInvalidRequest,
  kMalformedMessage,
  kNoApiKey,
  kCallerKeyNotAllowed,
  kDraining,
  kDrainedAfterDispatch,  // A call in flight was ended, since the service could not wait for it any longer.
  kInternal,              // Before anything was sent.
  kInternalAfterDispatch,
};

// Whether some hop stopped waiting for a reply: the work may have been done, and billed.
constexpr bool IsTimeout(Condition condition) {
  return condition == Condition::kHttp408 || condition == Condition::kHttp504 ||
         condition == Condition::kHttp524;
}

}  // namespace openrouter_images::errors
