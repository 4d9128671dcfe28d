#include "service/errors/generation_rows.h"

#include <array>
#include <cstddef>

namespace openrouter_images::errors {
namespace {

using absl::StatusCode;
using retry::Retryability;

constexpr auto kConnection = v1::ERROR_KIND_CONNECTION;
constexpr auto kTimeLimit = v1::ERROR_KIND_REQUEST_TIMEOUT;
constexpr auto kAborted = v1::ERROR_KIND_REQUEST_ABORTED;
constexpr auto kInvalid = v1::ERROR_KIND_INVALID_REQUEST;
constexpr auto kUnusable = v1::ERROR_KIND_RESPONSE_VALIDATION;
constexpr auto kUnexpected = v1::ERROR_KIND_UNEXPECTED;
constexpr auto kOtherStatus = v1::ERROR_KIND_OTHER_HTTP_STATUS;

constexpr auto kNotSent = v1::BILLING_OUTCOME_NOT_SENT;
constexpr auto kNotBilled = v1::BILLING_OUTCOME_NOT_BILLED;
constexpr auto kBilled = v1::BILLING_OUTCOME_BILLED;
constexpr auto kUnknown = v1::BILLING_OUTCOME_UNKNOWN;

constexpr auto kCaller = v1::RESPONSIBLE_PARTY_CALLER;
constexpr auto kAccount = v1::RESPONSIBLE_PARTY_ACCOUNT;
constexpr auto kOperator = v1::RESPONSIBLE_PARTY_OPERATOR;
constexpr auto kService = v1::RESPONSIBLE_PARTY_SERVICE;
constexpr auto kUpstream = v1::RESPONSIBLE_PARTY_UPSTREAM;
constexpr auto kNetwork = v1::RESPONSIBLE_PARTY_NETWORK;

constexpr auto kExitUnexpected = v1::EXIT_CLASS_UNEXPECTED;
constexpr auto kExitInvalid = v1::EXIT_CLASS_INVALID;
constexpr auto kExitNotAllowed = v1::EXIT_CLASS_NOT_ALLOWED;
constexpr auto kExitNotFound = v1::EXIT_CLASS_NOT_FOUND;
constexpr auto kExitLimit = v1::EXIT_CLASS_LIMIT;
constexpr auto kExitUnavailable = v1::EXIT_CLASS_UNAVAILABLE;

constexpr auto kPermanent = Retryability::kPermanent;
constexpr auto kTransient = Retryability::kTransient;
constexpr auto kOnce = Retryability::kOnce;
constexpr auto kUnknownOutcome = Retryability::kUnknownOutcome;

constexpr std::string_view kNothingSent =
    "Nothing was sent, so asking again is free: wait a little, then ask again.";
constexpr std::string_view kWait = "Nothing was billed: wait, then ask again, which is free.";
constexpr std::string_view kMayBePaid =
    "It may have been billed: look at the account's activity before asking again, which may pay twice.";
constexpr std::string_view kChangeRequest =
    "Nothing was billed: correct the request, then ask again, which is free.";

// An error status in the upstream's own words means not billed; a lost answer may have been billed. A row
// whose request may have been dispatched never has the code UNAVAILABLE, which clients repeat on their own.
constexpr std::array kRows = {
    ErrorRow{Condition::kInvalidRequest, "", "the request is invalid", kInvalid, kCaller, kExitInvalid,
             StatusCode::kInvalidArgument, v1::ERROR_REASON_INVALID_REQUEST, kNotSent, kPermanent,
             "Nothing was sent: correct every field that is named, then ask again, which is free."},
    ErrorRow{Condition::kMalformedMessage, "", "the request is not a protobuf message of its type", kInvalid,
             kCaller, kExitInvalid, StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_MESSAGE,
             kNotSent, kPermanent,
             "Nothing was sent: build the request from this service's proto files; asking again is free."},
    ErrorRow{Condition::kUnknownFields, "",
             "this service is older than your client and does not know fields of the request", kInvalid,
             kCaller, kExitInvalid, StatusCode::kInvalidArgument, v1::ERROR_REASON_UNKNOWN_FIELDS, kNotSent,
             kPermanent,
             "Nothing was sent: leave these fields out, or have the service updated; asking again is free."},
    ErrorRow{Condition::kCallerKeyNotAllowed, "", "the service takes no API keys from callers", kInvalid,
             kCaller, kExitInvalid, StatusCode::kPermissionDenied, v1::ERROR_REASON_CALLER_KEY_NOT_ALLOWED,
             kNotSent, kPermanent,
             "Nothing was sent: leave out the metadata openrouter-api-key; asking again is free."},
    ErrorRow{Condition::kNoApiKey, "", "the service has no API key", kUnexpected, kOperator, kExitUnexpected,
             StatusCode::kInternal, v1::ERROR_REASON_NO_API_KEY, kNotSent, kPermanent,
             "Nothing was sent: the operator has to give the service an OpenRouter key."},
    // Permanent for this process; another replica takes the call at once.
    ErrorRow{Condition::kDraining, "", "the service is shutting down", v1::ERROR_KIND_UNAVAILABLE, kService,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_DRAINING, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free: another replica can take the call."},
    ErrorRow{Condition::kDeadlineBeforeDispatch, "", "too little time was left to send the request",
             kTimeLimit, kCaller, kExitUnavailable, StatusCode::kDeadlineExceeded,
             v1::ERROR_REASON_DEADLINE_BEFORE_DISPATCH, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free: set a later deadline."},
    ErrorRow{Condition::kCancelledBeforeDispatch, "", "the call was cancelled before the request was sent",
             kAborted, kCaller, kExitUnavailable, StatusCode::kCancelled,
             v1::ERROR_REASON_CANCELLED_BEFORE_DISPATCH, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free."},
    ErrorRow{Condition::kInternal, "", "an internal fault of the service", kUnexpected, kService,
             kExitUnexpected, StatusCode::kInternal, v1::ERROR_REASON_INTERNAL, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free: tell the service's operator if it goes on."},

    ErrorRow{Condition::kDns, "", "the name of OpenRouter's host could not be resolved", kConnection,
             kNetwork, kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_DNS, kNotSent,
             kTransient, kNothingSent},
    ErrorRow{Condition::kConnect, "", "no connection to OpenRouter could be made", kConnection, kNetwork,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_CONNECT, kNotSent,
             kTransient, kNothingSent},
    ErrorRow{Condition::kConnectTimeout, "", "connecting to OpenRouter took too long", kConnection, kNetwork,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_CONNECT_TIMEOUT, kNotSent,
             kTransient, kNothingSent},
    ErrorRow{Condition::kTlsHandshake, "", "the TLS handshake with OpenRouter failed", kConnection, kNetwork,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_TLS, kNotSent, kTransient,
             kNothingSent},
    // A retry does not help, and going on would send the key to an unknown peer.
    ErrorRow{Condition::kCertificate, "", "the certificate of OpenRouter's host is not trusted", kConnection,
             kOperator, kExitUnavailable, StatusCode::kInternal, v1::ERROR_REASON_UPSTREAM_CERTIFICATE,
             kNotSent, kPermanent,
             "Nothing was sent: the operator has to check the service's CA bundle, clock and base URL."},
    ErrorRow{Condition::kCaBundle, "", "the service cannot read its bundle of certificate authorities",
             kUnexpected, kOperator, kExitUnexpected, StatusCode::kInternal, v1::ERROR_REASON_CA_BUNDLE,
             kNotSent, kPermanent,
             "Nothing was sent: the operator has to correct the service's CA bundle file."},
    ErrorRow{Condition::kProxyFailed, "", "the service's HTTP proxy did not connect to OpenRouter",
             kConnection, kNetwork, kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_PROXY_FAILED,
             kNotSent, kTransient, kNothingSent},
    ErrorRow{
        Condition::kProxyRefused, "", "the service's HTTP proxy refused the connection", kConnection,
        kOperator, kExitUnavailable, StatusCode::kInternal, v1::ERROR_REASON_PROXY_REFUSED, kNotSent,
        kPermanent,
        "Nothing was sent to OpenRouter: the operator has to correct the proxy's address or credentials."},
    ErrorRow{Condition::kOutOfDescriptors, "", "the service has no file descriptor left for a connection",
             kUnexpected, kService, kExitUnavailable, StatusCode::kUnavailable,
             v1::ERROR_REASON_OUT_OF_DESCRIPTORS, kNotSent, kTransient,
             "Nothing was sent, so asking again is free: the operator has to raise the service's limit of "
             "open files."},
    ErrorRow{Condition::kLostBeforeDispatch, "", "the connection failed before the request was sent",
             kConnection, kNetwork, kExitUnavailable, StatusCode::kUnavailable,
             v1::ERROR_REASON_LOST_BEFORE_DISPATCH, kNotSent, kTransient, kNothingSent},
    // The cause is a wrong base URL, so retries never help.
    ErrorRow{Condition::kRedirectBeforeDispatch, "", "a redirect came before the request was sent",
             kOtherStatus, kOperator, kExitUnavailable, StatusCode::kInternal,
             v1::ERROR_REASON_LOST_BEFORE_DISPATCH, kNotSent, kPermanent,
             "Nothing was sent: the operator has to correct the service's base URL."},

    ErrorRow{Condition::kHttp400, "400", "bad request", v1::ERROR_KIND_BAD_REQUEST, kCaller, kExitInvalid,
             StatusCode::kInvalidArgument, v1::ERROR_REASON_BAD_REQUEST, kNotBilled, kPermanent,
             kChangeRequest},
    // The kind is that of the status.
    ErrorRow{Condition::kModeration, "400 or 403", "the content was refused", v1::ERROR_KIND_FORBIDDEN,
             kCaller, kExitNotAllowed, StatusCode::kPermissionDenied, v1::ERROR_REASON_MODERATION, kNotBilled,
             kPermanent,
             "Nothing was billed: change the prompt or the reference images, then ask again, which is free."},
    // Not UNAUTHENTICATED: the caller's credentials are not at fault.
    ErrorRow{Condition::kHttp401ServiceKey, "401", "the service's API key was refused",
             v1::ERROR_KIND_UNAUTHORIZED, kOperator, kExitNotAllowed, StatusCode::kInternal,
             v1::ERROR_REASON_UPSTREAM_AUTH, kNotBilled, kPermanent,
             "Nothing was billed: the operator has to give the service a valid OpenRouter key."},
    ErrorRow{Condition::kHttp401CallerKey, "401", "the caller's API key was refused",
             v1::ERROR_KIND_UNAUTHORIZED, kAccount, kExitNotAllowed, StatusCode::kUnauthenticated,
             v1::ERROR_REASON_API_KEY_REJECTED, kNotBilled, kPermanent,
             "Nothing was billed: send a valid OpenRouter key, then ask again, which is free."},
    ErrorRow{Condition::kHttp402Credits, "402", "no credits left", v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount,
             kExitLimit, StatusCode::kResourceExhausted, v1::ERROR_REASON_CREDITS, kNotBilled, kPermanent,
             "Nothing was billed: add credits to the OpenRouter account, then ask again, which is free."},
    // The kind is that of the status.
    ErrorRow{Condition::kKeyLimit, "402 or 403", "the API key's spending limit is reached",
             v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount, kExitLimit, StatusCode::kResourceExhausted,
             v1::ERROR_REASON_KEY_LIMIT, kNotBilled, kPermanent,
             "Nothing was billed: raise the key's limit at OpenRouter, then ask again, which is free."},
    // The only transient 402: the balance is reserved for calls in flight.
    ErrorRow{Condition::kHttp402InFlight, "402", "the calls in flight take up the balance",
             v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount, kExitLimit, StatusCode::kResourceExhausted,
             v1::ERROR_REASON_IN_FLIGHT_BUDGET, kNotBilled, kTransient,
             "Nothing was billed: wait until running calls have ended, then ask again, which is free."},
    ErrorRow{Condition::kHttp402OtherLimit, "402", "a payment limit that this service does not know",
             v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount, kExitLimit, StatusCode::kResourceExhausted,
             v1::ERROR_REASON_PAYMENT_REQUIRED, kNotBilled, kPermanent,
             "Nothing was billed: see to the limit that is named at OpenRouter, then ask again, which is "
             "free."},
    ErrorRow{Condition::kHttp403Permission, "403", "not permitted", v1::ERROR_KIND_FORBIDDEN, kAccount,
             kExitNotAllowed, StatusCode::kPermissionDenied, v1::ERROR_REASON_FORBIDDEN, kNotBilled,
             kPermanent, "Nothing was billed: the OpenRouter key or account lacks a permission."},
    ErrorRow{Condition::kHttp403Guardrail, "403", "a guardrail of the account stopped the request",
             v1::ERROR_KIND_FORBIDDEN, kAccount, kExitNotAllowed, StatusCode::kPermissionDenied,
             v1::ERROR_REASON_GUARDRAIL, kNotBilled, kPermanent,
             "Nothing was billed: change the prompt or the account's guardrail, then ask again, which is "
             "free."},
    ErrorRow{Condition::kHttp403Budget, "403", "a spending budget is used up", v1::ERROR_KIND_FORBIDDEN,
             kAccount, kExitLimit, StatusCode::kResourceExhausted, v1::ERROR_REASON_BUDGET, kNotBilled,
             kPermanent,
             "Nothing was billed: raise the budget at OpenRouter or wait until it refills; asking again is "
             "free."},
    // Also a 400 that says model_not_found; the kind is that of the status.
    ErrorRow{Condition::kHttp404, "404", "no such model, or no endpoint that may serve it",
             v1::ERROR_KIND_NOT_FOUND, kCaller, kExitNotFound, StatusCode::kNotFound,
             v1::ERROR_REASON_NOT_FOUND, kNotBilled, kPermanent,
             "Nothing was billed: choose another model or relax the provider settings, then ask again, which "
             "is free."},
    ErrorRow{Condition::kUnknownPath, "404", "not a path of OpenRouter's API", v1::ERROR_KIND_NOT_FOUND,
             kOperator, kExitUnavailable, StatusCode::kInternal, v1::ERROR_REASON_UNKNOWN_PATH, kNotBilled,
             kPermanent, "Nothing was billed: the operator has to correct the service's base URL."},
    ErrorRow{Condition::kHttp413, "413", "the request is too large for OpenRouter",
             v1::ERROR_KIND_PAYLOAD_TOO_LARGE, kCaller, kExitInvalid, StatusCode::kInvalidArgument,
             v1::ERROR_REASON_PAYLOAD_TOO_LARGE, kNotBilled, kPermanent,
             "Nothing was billed: send fewer or smaller reference images, or send them as URLs; asking again "
             "is free."},
    ErrorRow{Condition::kHttp422, "422", "the request cannot be processed", kOtherStatus, kCaller,
             kExitInvalid, StatusCode::kInvalidArgument, v1::ERROR_REASON_UNPROCESSABLE, kNotBilled,
             kPermanent, kChangeRequest},
    ErrorRow{Condition::kHttp429, "429", "rate limit", v1::ERROR_KIND_TOO_MANY_REQUESTS, kAccount, kExitLimit,
             StatusCode::kResourceExhausted, v1::ERROR_REASON_RATE_LIMIT, kNotBilled, kTransient, kWait},
    ErrorRow{Condition::kHttpOther4xx, "other 4xx", "the request was refused", kOtherStatus, kCaller,
             kExitInvalid, StatusCode::kFailedPrecondition, v1::ERROR_REASON_REQUEST_REFUSED, kNotBilled,
             kPermanent, kChangeRequest},
    ErrorRow{Condition::kHttp500, "500", "internal error of OpenRouter", v1::ERROR_KIND_INTERNAL_SERVER,
             kUpstream, kExitUnavailable, StatusCode::kInternal, v1::ERROR_REASON_UPSTREAM_INTERNAL,
             kNotBilled, kTransient, kWait},
    ErrorRow{Condition::kHttp502, "502", "the provider failed", v1::ERROR_KIND_BAD_GATEWAY, kUpstream,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_PROVIDER_FAILED, kNotBilled,
             kTransient, kWait},
    ErrorRow{Condition::kHttp503, "503", "no provider is available", kOtherStatus, kUpstream,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_PROVIDER_UNAVAILABLE, kNotBilled,
             kTransient, kWait},
    ErrorRow{Condition::kHttp529, "529", "the provider is overloaded", v1::ERROR_KIND_PROVIDER_OVERLOADED,
             kUpstream, kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_PROVIDER_OVERLOADED,
             kNotBilled, kTransient, kWait},
    ErrorRow{Condition::kHttpOther5xx, "other 5xx", "OpenRouter failed", kOtherStatus, kUpstream,
             kExitUnavailable, StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_FAILED, kNotBilled,
             kTransient, kWait},
    ErrorRow{Condition::kErrorInSuccess, "200", "the generation failed", v1::ERROR_KIND_GENERATION_FAILED,
             kUpstream, kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_GENERATION_FAILED,
             kNotBilled, kOnce, "Nothing was billed, as the generation failed: asking again is free."},

    ErrorRow{Condition::kConnectionLost, "", "the connection was lost after the request was sent",
             kConnection, kNetwork, kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_OUTCOME_UNKNOWN,
             kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kRedispatch, "", "the connection was lost and sending the request again was stopped",
             kConnection, kNetwork, kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_OUTCOME_UNKNOWN,
             kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kTruncated, "", "the reply was cut short", kConnection, kNetwork, kExitUnavailable,
             StatusCode::kUnknown, v1::ERROR_REASON_TRUNCATED, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kIncompleteStream, "200", "the stream ended without a completed image", kUnusable,
             kUpstream, kExitUnexpected, StatusCode::kUnknown, v1::ERROR_REASON_INCOMPLETE_STREAM, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kProtocol, "", "the reply could not be understood", kUnusable, kUpstream,
             kExitUnexpected, StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_PROTOCOL, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kEmptyReply, "200 or 204", "the reply is empty", kUnusable, kUpstream,
             kExitUnexpected, StatusCode::kUnknown, v1::ERROR_REASON_EMPTY_REPLY, kUnknown, kUnknownOutcome,
             kMayBePaid},
    // UNKNOWN: the upstream does not bill failed generations, but reports them by an error status, and this
    // is a success.
    ErrorRow{Condition::kNoImages, "200", "a complete reply without an image",
             v1::ERROR_KIND_GENERATION_FAILED, kUpstream, kExitUnavailable, StatusCode::kDataLoss,
             v1::ERROR_REASON_NO_IMAGES, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kUnexpectedStatus, "any other", "a status that the API does not have", kOtherStatus,
             kUpstream, kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_UNEXPECTED_STATUS, kUnknown,
             kUnknownOutcome, kMayBePaid},
    // Not followed, since that would disclose the key. The API has no redirects, so an unknown peer sent it,
    // which may have forwarded the request. The cause is a wrong base URL, so retries never help.
    ErrorRow{Condition::kRedirect, "3xx", "a redirect, which this service does not follow", kOtherStatus,
             kOperator, kExitUnavailable, StatusCode::kInternal, v1::ERROR_REASON_UPSTREAM_REDIRECT, kUnknown,
             kPermanent,
             "It may have been billed, which is unlikely: the operator has to correct the service's base URL "
             "before asking again."},
    // A proxy sends the same page whether it could not reach its backend or the backend failed after the
    // work. The kind is that of the status.
    ErrorRow{Condition::kEdgePage, "5xx", "an error page that is not OpenRouter's", kOtherStatus, kNetwork,
             kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_EDGE_PAGE, kUnknown, kUnknownOutcome,
             kMayBePaid},
    // 408, 504 and 524 mean that some hop stopped waiting for work that may have gone on, whoever says it.
    ErrorRow{Condition::kHttp408, "408", "the request timed out on OpenRouter's side", kOtherStatus,
             kUpstream, kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_TIMEOUT, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kHttp504, "504", "a gateway stopped waiting for the reply", kOtherStatus, kUpstream,
             kExitUnavailable, StatusCode::kUnknown, v1::ERROR_REASON_GATEWAY_TIMEOUT, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kHttp524, "524", "the edge stopped waiting for the reply",
             v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT, kUpstream, kExitUnavailable, StatusCode::kUnknown,
             v1::ERROR_REASON_EDGE_TIMEOUT, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kFirstByteTimeout, "", "no part of the reply's body came within the service's limit",
             kTimeLimit, kUpstream, kExitUnavailable, StatusCode::kDeadlineExceeded,
             v1::ERROR_REASON_FIRST_BYTE_TIMEOUT, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kStalled, "", "the reply was silent for longer than the service's limit", kTimeLimit,
             kUpstream, kExitUnavailable, StatusCode::kDeadlineExceeded, v1::ERROR_REASON_STALLED, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kAttemptTimeout, "", "the attempt took longer than attempt_timeout", kTimeLimit,
             kCaller, kExitUnavailable, StatusCode::kDeadlineExceeded, v1::ERROR_REASON_ATTEMPT_TIMEOUT,
             kUnknown, kUnknownOutcome,
             "It may have been billed: look at the account's activity, and allow more time when asking "
             "again."},
    // Permanent, like all rows that end a call from outside: no caller is left to retry for.
    ErrorRow{Condition::kDeadlineAfterDispatch, "", "the deadline passed while OpenRouter was at work",
             kTimeLimit, kCaller, kExitUnavailable, StatusCode::kDeadlineExceeded,
             v1::ERROR_REASON_DEADLINE_AFTER_DISPATCH, kUnknown, kPermanent,
             "It may have been billed: look at the account's activity, and allow more time when asking "
             "again."},
    ErrorRow{Condition::kCancelledAfterDispatch, "", "the call was cancelled while OpenRouter was at work",
             kAborted, kCaller, kExitUnavailable, StatusCode::kCancelled,
             v1::ERROR_REASON_CANCELLED_AFTER_DISPATCH, kUnknown, kPermanent, kMayBePaid},
    // For the log: gRPC gives a caller that does not read a bare CANCELLED.
    ErrorRow{Condition::kReaderStalled, "", "the caller of a stream was slower than the service's limit",
             kAborted, kCaller, kExitUnavailable, StatusCode::kCancelled, v1::ERROR_REASON_READER_STALLED,
             kUnknown, kPermanent, kMayBePaid},
    ErrorRow{Condition::kDrainedAfterDispatch, "", "the service shut down while OpenRouter was at work",
             v1::ERROR_KIND_UNAVAILABLE, kService, kExitUnavailable, StatusCode::kUnknown,
             v1::ERROR_REASON_DRAINED_AFTER_DISPATCH, kUnknown, kPermanent, kMayBePaid},
    ErrorRow{
        Condition::kInternalAfterDispatch, "",
        "an internal fault of the service while OpenRouter was at work", kUnexpected, kService,
        kExitUnexpected, StatusCode::kUnknown, v1::ERROR_REASON_INTERNAL_AFTER_DISPATCH, kUnknown, kPermanent,
        "It may have been billed: tell the service's operator, and look at the account's activity before "
        "asking again."},

    ErrorRow{Condition::kEmptyImage, "200", "an image without bytes", kUnusable, kUpstream, kExitUnexpected,
             StatusCode::kDataLoss, v1::ERROR_REASON_EMPTY_IMAGE, kUnknown, kUnknownOutcome, kMayBePaid},
    // Not RESOURCE_EXHAUSTED, which clients repeat: the money is spent.
    ErrorRow{Condition::kTooLarge, "200", "an image larger than the service's limit", kUnusable, kService,
             kExitUnexpected, StatusCode::kDataLoss, v1::ERROR_REASON_TOO_LARGE, kBilled, kPermanent,
             "It was billed although the image is lost: ask for a smaller size, or have limits.max_image_mib "
             "raised; asking again is billed again."},
    ErrorRow{Condition::kErrorWithCost, "", "an error with a cost beside it",
             v1::ERROR_KIND_GENERATION_FAILED, kUpstream, kExitUnavailable, StatusCode::kDataLoss,
             v1::ERROR_REASON_ERROR_WITH_COST, kBilled, kPermanent,
             "It was billed although it failed: asking again is billed again; report the generation id to "
             "OpenRouter."},
    ErrorRow{Condition::kCancelledAfterCompletion, "", "the call was cancelled after an image was complete",
             kAborted, kCaller, kExitUnavailable, StatusCode::kCancelled,
             v1::ERROR_REASON_CANCELLED_AFTER_COMPLETION, kBilled, kPermanent,
             "It was billed: asking again is billed again."},
    ErrorRow{Condition::kReaderStalledAfterCompletion, "",
             "the caller of a stream did not read an image that was complete", kAborted, kCaller,
             kExitUnavailable, StatusCode::kCancelled, v1::ERROR_REASON_READER_STALLED_AFTER_COMPLETION,
             kBilled, kPermanent, "It was billed: asking again is billed again."},
    ErrorRow{Condition::kInternalAfterCompletion, "",
             "an internal fault of the service after an image was complete", kUnexpected, kService,
             kExitUnexpected, StatusCode::kDataLoss, v1::ERROR_REASON_INTERNAL_AFTER_COMPLETION, kBilled,
             kPermanent,
             "It was billed although the image is lost: tell the service's operator; asking again is billed "
             "again."},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].condition != static_cast<Condition>(i)) return false;
  }
  return kRows.back().condition == Condition::kInternalAfterCompletion;
}
static_assert(InOrder(), "RowOf finds rows by position");

constexpr bool OneBillingOutcomePerReason() {
  for (const ErrorRow& a : kRows) {
    for (const ErrorRow& b : kRows) {
      if (a.reason == b.reason && a.billing != b.billing) return false;
    }
  }
  return true;
}
static_assert(OneBillingOutcomePerReason());

}  // namespace

std::span<const ErrorRow> GenerationRows() {
  return kRows;
}

}  // namespace openrouter_images::errors
