#pragma once

#include <absl/status/status.h>

#include <span>
#include <string_view>

#include "openrouter/images/v1/errors.pb.h"
#include "service/retry/retry_policy.h"

namespace openrouter::images::errors {

// Everything that can go wrong with a call: one row of the table each.
enum class Condition {
  // On the way to the upstream and back.
  kDns,
  kConnect,
  kConnectTimeout,
  kTlsHandshake,
  kCertificate,
  kConnectionLost,  // After the request went out: reset, no reply at all, error while sending.
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

  // An HTTP status that is not a success.
  kHttp400,
  kHttp401CallerKey,
  kHttp401ServiceKey,
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

// Domains of ErrorInfo: who found the fault.
inline constexpr std::string_view kUpstreamDomain = "openrouter.ai";
inline constexpr std::string_view kServiceDomain = "openrouter-images";

// What a condition means for a generation, which costs money. Every text is static.
struct ErrorRow {
  Condition condition;
  // "429", "other 4xx"; empty when it is not about an HTTP status.
  std::string_view status;
  // What happened, in words that follow the status or stand alone.
  std::string_view what;
  v1::ErrorKind kind;
  v1::ResponsibleParty responsible;
  v1::ExitClass exit_class;
  absl::StatusCode code;
  // ErrorInfo.reason.
  std::string_view reason;
  std::string_view domain;
  v1::BillingOutcome billing;
  retry::Retryability retryability;
  // One sentence for the person who reads it: what to do next, and whether asking again is free.
  std::string_view advice;
};

// All rows, in the order of Condition.
std::span<const ErrorRow> ErrorTable();

const ErrorRow& RowOf(Condition condition);

// The catalog's calls are free and change nothing.
enum class Operation { kGenerate, kCatalog };

// What a row comes to for an operation.
struct Verdict {
  absl::StatusCode code;
  std::string_view reason;
  v1::BillingOutcome billing;
  retry::Retryability retryability;
  std::string_view advice;
};

// For kGenerate the row itself. For kCatalog nothing is ever billed or unknown: a lost reply is a passing
// fault, so it is UNAVAILABLE, or DEADLINE_EXCEEDED when time was the matter.
Verdict VerdictOn(const ErrorRow& row, Operation operation);

}  // namespace openrouter::images::errors
