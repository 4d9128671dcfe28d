#pragma once

namespace openrouter_images::errors {

// Everything that can go wrong with a call: one row of the error table per condition, in the order of
// error_reason.proto. The billing outcomes are those of a generation.
enum class Condition {
  // Refused by this service; nothing was sent.
  kInvalidRequest,
  kMalformedMessage,
  kUnknownFields,
  kCallerKeyNotAllowed,
  kNoApiKey,
  kDraining,
  kDeadlineBeforeDispatch,
  kCancelledBeforeDispatch,
  kInternal,

  // No way to the upstream; nothing was sent.
  kDns,
  kConnect,
  kConnectTimeout,
  kTlsHandshake,
  kCertificate,
  kCaBundle,
  kProxyFailed,
  kProxyRefused,
  kOutOfDescriptors,
  kLostBeforeDispatch,
  kRedirectBeforeDispatch,

  // The upstream refused the request, or reported that the generation failed: not billed. Of several
  // conditions of one HTTP status the plain one comes first.
  kHttp400,
  kModeration,  // As 400 or 403.
  kHttp401ServiceKey,
  kHttp401CallerKey,
  kHttp402Credits,  // And every 402 that names no limit.
  kKeyLimit,        // As 402 or 403.
  kHttp402InFlight,
  kHttp402OtherLimit,
  kHttp403Permission,  // And every 403 that does not say why.
  kHttp403Guardrail,
  kHttp403Budget,
  kHttp404,
  kUnknownPath,  // 404 by something that is not the upstream's API.
  kHttp413,
  kHttp422,
  kHttp429,  // Whoever says it.
  kHttpOther4xx,
  kHttp500,
  kHttp502,
  kHttp503,
  kHttp529,
  kHttpOther5xx,
  kErrorInSuccess,  // An error in a 2xx that names no status.

  // The request was sent and its answer is lost: perhaps billed.
  kConnectionLost,
  kRedispatch,  // The transport was about to send the request a second time, and was stopped.
  kTruncated,
  kIncompleteStream,
  kProtocol,
  kEmptyReply,
  kNoImages,
  kUnexpectedStatus,
  kRedirect,
  kEdgePage,  // A 5xx (but 504 and 524) that is not in the upstream's own words.
  kHttp408,
  kHttp504,
  kHttp524,
  kFirstByteTimeout,
  kStalled,
  kAttemptTimeout,
  kDeadlineAfterDispatch,
  kCancelledAfterDispatch,
  kReaderStalled,
  kDrainedAfterDispatch,
  kInternalAfterDispatch,

  // An image was made, and the caller does not get it: billed.
  kEmptyImage,
  kTooLarge,
  kErrorWithCost,
  kCancelledAfterCompletion,
  kReaderStalledAfterCompletion,
  kInternalAfterCompletion,
};

// Whether some hop stopped waiting for a reply: the work may have been done, and billed.
constexpr bool IsTimeout(Condition condition) {
  return condition == Condition::kHttp408 || condition == Condition::kHttp504 ||
         condition == Condition::kHttp524;
}

}  // namespace openrouter_images::errors
