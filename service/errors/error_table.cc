#include "service/errors/error_table.h"

#include <array>
#include <cstddef>

namespace openrouter_images::errors {
namespace {

using absl::StatusCode;
using retry::Retryability;

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

constexpr std::string_view kTheirs = kUpstreamDomain;
constexpr std::string_view kOurs = kServiceDomain;

constexpr std::string_view kOutcomeUnknown = "OUTCOME_UNKNOWN";

constexpr std::string_view kNothingSent =
    "Nothing was sent, so asking again is free: wait a little, then ask again.";
constexpr std::string_view kWait = "Nothing was paid: wait, then ask again, which is free.";
constexpr std::string_view kMayBePaid =
    "It may have been paid for: look at the account's activity before asking again, which may pay twice.";
constexpr std::string_view kPaidInVain =
    "It was paid for and the image is lost: asking again pays again, another model or size may help.";
constexpr std::string_view kChangeRequest =
    "Nothing was paid: correct the request, then ask again, which is free.";

// For generations. An error status in the upstream's own words means not billed; a lost answer may have been
// billed. A row with an outcome that may have cost money never has a code for which IsRetriedByClients.
constexpr std::array kGenerateTable = {
    ErrorRow{Condition::kDns, "", "the name of OpenRouter's host could not be resolved",
             v1::ERROR_KIND_CONNECTION, kNetwork, kExitUnavailable, StatusCode::kUnavailable, "UPSTREAM_DNS",
             kOurs, kNotSent, kTransient, kNothingSent},
    ErrorRow{Condition::kConnect, "", "no connection to OpenRouter could be made", v1::ERROR_KIND_CONNECTION,
             kNetwork, kExitUnavailable, StatusCode::kUnavailable, "UPSTREAM_CONNECT", kOurs, kNotSent,
             kTransient, kNothingSent},
    ErrorRow{Condition::kConnectTimeout, "", "connecting to OpenRouter took too long",
             v1::ERROR_KIND_CONNECTION, kNetwork, kExitUnavailable, StatusCode::kUnavailable,
             "UPSTREAM_CONNECT_TIMEOUT", kOurs, kNotSent, kTransient, kNothingSent},
    ErrorRow{Condition::kTlsHandshake, "", "the TLS handshake with OpenRouter failed",
             v1::ERROR_KIND_CONNECTION, kNetwork, kExitUnavailable, StatusCode::kUnavailable, "UPSTREAM_TLS",
             kOurs, kNotSent, kTransient, kNothingSent},
    // A retry does not help, and going on would send the key to an unknown peer.
    ErrorRow{
        Condition::kCertificate, "", "the certificate shown for OpenRouter's host is not to be trusted",
        v1::ERROR_KIND_CONNECTION, kOperator, kExitUnavailable, StatusCode::kFailedPrecondition,
        "UPSTREAM_CERTIFICATE", kOurs, kNotSent, kPermanent,
        "Nothing was sent or paid: the operator has to check the service's CA bundle, clock and base URL."},
    ErrorRow{Condition::kConnectionLost, "", "the connection was lost after the request went out",
             v1::ERROR_KIND_CONNECTION, kNetwork, kExitUnavailable, StatusCode::kUnknown, kOutcomeUnknown,
             kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kRedispatch, "", "the connection was lost and sending the request again was stopped",
             v1::ERROR_KIND_CONNECTION, kNetwork, kExitUnavailable, StatusCode::kUnknown, kOutcomeUnknown,
             kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kTruncated, "", "the reply broke off before its end", v1::ERROR_KIND_CONNECTION,
             kNetwork, kExitUnavailable, StatusCode::kUnknown, "TRUNCATED", kOurs, kUnknown, kUnknownOutcome,
             kMayBePaid},
    ErrorRow{Condition::kProtocol, "", "the reply could not be understood",
             v1::ERROR_KIND_RESPONSE_VALIDATION, kUpstream, kExitUnexpected, StatusCode::kUnknown,
             "UPSTREAM_PROTOCOL", kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kFirstByteTimeout, "", "no reply began within the service's limit",
             v1::ERROR_KIND_REQUEST_TIMEOUT, kUpstream, kExitUnavailable, StatusCode::kUnknown,
             "FIRST_BYTE_TIMEOUT", kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kStalled, "", "the reply stood still for longer than the service's limit",
             v1::ERROR_KIND_REQUEST_TIMEOUT, kUpstream, kExitUnavailable, StatusCode::kUnknown, "STALLED",
             kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kDeadlineBeforeDispatch, "", "too little time was left to send the request",
             v1::ERROR_KIND_REQUEST_TIMEOUT, kCaller, kExitUnavailable, StatusCode::kDeadlineExceeded,
             "DEADLINE", kOurs, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free: allow more time."},
    // Permanent, like all rows that end a call from outside: no caller is left to retry for.
    ErrorRow{
        Condition::kDeadlineAfterDispatch, "", "the deadline passed while OpenRouter was at work",
        v1::ERROR_KIND_REQUEST_TIMEOUT, kCaller, kExitUnavailable, StatusCode::kUnknown, "DEADLINE", kOurs,
        kUnknown, kPermanent,
        "It may have been paid for: look at the account's activity, and allow more time when asking again."},
    ErrorRow{Condition::kCancelledBeforeDispatch, "", "the call was cancelled before the request went out",
             v1::ERROR_KIND_REQUEST_ABORTED, kCaller, kExitUnavailable, StatusCode::kCancelled, "CANCELLED",
             kOurs, kNotSent, kPermanent, "Nothing was sent, so asking again is free."},
    ErrorRow{Condition::kCancelledAfterDispatch, "", "the call was cancelled while OpenRouter was at work",
             v1::ERROR_KIND_REQUEST_ABORTED, kCaller, kExitUnavailable, StatusCode::kCancelled, "CANCELLED",
             kOurs, kUnknown, kPermanent, kMayBePaid},
    ErrorRow{Condition::kReaderStalled, "", "the caller of a stream was slower than the service's limit",
             v1::ERROR_KIND_REQUEST_ABORTED, kCaller, kExitUnavailable, StatusCode::kCancelled,
             "READER_STALLED", kOurs, kUnknown, kPermanent, kMayBePaid},

    ErrorRow{Condition::kHttp400, "400", "bad request", v1::ERROR_KIND_BAD_REQUEST, kCaller, kExitInvalid,
             StatusCode::kInvalidArgument, "BAD_REQUEST", kTheirs, kNotBilled, kPermanent, kChangeRequest},
    // Not UNAUTHENTICATED: the caller's credentials are not at fault.
    ErrorRow{Condition::kHttp401ServiceKey, "401", "the service's API key was refused",
             v1::ERROR_KIND_UNAUTHORIZED, kOperator, kExitNotAllowed, StatusCode::kFailedPrecondition,
             "UPSTREAM_AUTH", kTheirs, kNotBilled, kPermanent,
             "Nothing was paid: the operator has to give the service a valid OpenRouter key."},
    ErrorRow{Condition::kHttp401CallerKey, "401", "the caller's API key was refused",
             v1::ERROR_KIND_UNAUTHORIZED, kAccount, kExitNotAllowed, StatusCode::kUnauthenticated,
             "API_KEY_REJECTED", kTheirs, kNotBilled, kPermanent,
             "Nothing was paid: send a valid OpenRouter key, then ask again, which is free."},
    ErrorRow{Condition::kHttp402Credits, "402", "no credits left", v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount,
             kExitLimit, StatusCode::kFailedPrecondition, "CREDITS", kTheirs, kNotBilled, kPermanent,
             "Nothing was paid: add credits to the OpenRouter account, then ask again, which is free."},
    ErrorRow{Condition::kHttp402KeyLimit, "402", "the API key's spending limit is reached",
             v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount, kExitLimit, StatusCode::kFailedPrecondition,
             "KEY_LIMIT", kTheirs, kNotBilled, kPermanent,
             "Nothing was paid: raise the key's limit at OpenRouter, then ask again, which is free."},
    // The only transient 402: the balance is reserved for calls in flight.
    ErrorRow{Condition::kHttp402InFlight, "402", "the calls in flight take up the whole balance",
             v1::ERROR_KIND_PAYMENT_REQUIRED, kAccount, kExitLimit, StatusCode::kResourceExhausted,
             "IN_FLIGHT_BUDGET", kTheirs, kNotBilled, kTransient,
             "Nothing was paid: wait until running calls have ended, then ask again, which is free."},
    ErrorRow{Condition::kHttp403Permission, "403", "not permitted", v1::ERROR_KIND_FORBIDDEN, kAccount,
             kExitNotAllowed, StatusCode::kPermissionDenied, "FORBIDDEN", kTheirs, kNotBilled, kPermanent,
             "Nothing was paid: the OpenRouter key or account needs the permission first."},
    ErrorRow{Condition::kHttp403Moderation, "403", "moderation flagged the request", v1::ERROR_KIND_FORBIDDEN,
             kCaller, kExitNotAllowed, StatusCode::kPermissionDenied, "MODERATION", kTheirs, kNotBilled,
             kPermanent,
             "Nothing was paid: change the prompt or the reference images, then ask again, which is free."},
    ErrorRow{
        Condition::kHttp403Guardrail, "403", "a guardrail of the account stopped the request",
        v1::ERROR_KIND_FORBIDDEN, kAccount, kExitNotAllowed, StatusCode::kPermissionDenied, "GUARDRAIL",
        kTheirs, kNotBilled, kPermanent,
        "Nothing was paid: change the prompt or the account's guardrail, then ask again, which is free."},
    // RESOURCE_EXHAUSTED without RetryInfo: budgets refill in hours or days.
    ErrorRow{
        Condition::kHttp403Budget, "403", "a spending budget is used up", v1::ERROR_KIND_FORBIDDEN, kAccount,
        kExitLimit, StatusCode::kResourceExhausted, "BUDGET", kTheirs, kNotBilled, kPermanent,
        "Nothing was paid: raise the budget at OpenRouter or wait until it refills; asking again is free."},
    ErrorRow{Condition::kHttp404, "404", "no such model, or no endpoint that may serve it",
             v1::ERROR_KIND_NOT_FOUND, kCaller, kExitNotFound, StatusCode::kNotFound, "NOT_FOUND", kTheirs,
             kNotBilled, kPermanent,
             "Nothing was paid: choose another model or relax the provider settings, then ask again, which "
             "is free."},
    // 408, 504 and 524 mean that some hop stopped waiting for work that may have gone on, even with a
    // well-formed body.
    ErrorRow{Condition::kHttp408, "408", "OpenRouter's side ran out of time",
             v1::ERROR_KIND_OTHER_HTTP_STATUS, kUpstream, kExitUnavailable, StatusCode::kUnknown,
             "UPSTREAM_TIMEOUT", kTheirs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kHttp413, "413", "the request is too large for OpenRouter",
             v1::ERROR_KIND_PAYLOAD_TOO_LARGE, kCaller, kExitInvalid, StatusCode::kInvalidArgument,
             "PAYLOAD_TOO_LARGE", kTheirs, kNotBilled, kPermanent,
             "Nothing was paid: send fewer or smaller reference images, or send them as URLs; asking again "
             "is free."},
    ErrorRow{Condition::kHttp422, "422", "the request cannot be processed", v1::ERROR_KIND_OTHER_HTTP_STATUS,
             kCaller, kExitInvalid, StatusCode::kInvalidArgument, "UNPROCESSABLE", kTheirs, kNotBilled,
             kPermanent, kChangeRequest},
    ErrorRow{Condition::kHttp429, "429", "rate limit", v1::ERROR_KIND_TOO_MANY_REQUESTS, kAccount, kExitLimit,
             StatusCode::kResourceExhausted, "RATE_LIMIT", kTheirs, kNotBilled, kTransient, kWait},
    ErrorRow{Condition::kHttpOther4xx, "other 4xx", "the request was refused",
             v1::ERROR_KIND_OTHER_HTTP_STATUS, kCaller, kExitInvalid, StatusCode::kFailedPrecondition,
             "REQUEST_REFUSED", kTheirs, kNotBilled, kPermanent, kChangeRequest},
    ErrorRow{Condition::kHttp500, "500", "internal error of OpenRouter", v1::ERROR_KIND_INTERNAL_SERVER,
             kUpstream, kExitUnavailable, StatusCode::kInternal, "UPSTREAM_INTERNAL", kTheirs, kNotBilled,
             kTransient, kWait},
    ErrorRow{Condition::kHttp502, "502", "the provider failed", v1::ERROR_KIND_BAD_GATEWAY, kUpstream,
             kExitUnavailable, StatusCode::kUnavailable, "PROVIDER_FAILED", kTheirs, kNotBilled, kTransient,
             kWait},
    ErrorRow{Condition::kHttp503, "503", "no provider is available", v1::ERROR_KIND_OTHER_HTTP_STATUS,
             kUpstream, kExitUnavailable, StatusCode::kUnavailable, "PROVIDER_UNAVAILABLE", kTheirs,
             kNotBilled, kTransient, kWait},
    ErrorRow{Condition::kHttp504, "504", "a gateway ran out of time", v1::ERROR_KIND_OTHER_HTTP_STATUS,
             kUpstream, kExitUnavailable, StatusCode::kUnknown, "GATEWAY_TIMEOUT", kTheirs, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kHttp524, "524", "the edge gave up waiting", v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT,
             kUpstream, kExitUnavailable, StatusCode::kUnknown, "EDGE_TIMEOUT", kTheirs, kUnknown,
             kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kHttp529, "529", "the provider is overloaded", v1::ERROR_KIND_PROVIDER_OVERLOADED,
             kUpstream, kExitUnavailable, StatusCode::kUnavailable, "PROVIDER_OVERLOADED", kTheirs,
             kNotBilled, kTransient, kWait},
    ErrorRow{Condition::kHttpOther5xx, "other 5xx", "OpenRouter failed", v1::ERROR_KIND_OTHER_HTTP_STATUS,
             kUpstream, kExitUnavailable, StatusCode::kUnavailable, "UPSTREAM_FAILED", kTheirs, kNotBilled,
             kTransient, kWait},
    // A proxy sends the same page whether it could not reach its backend or the backend failed after the
    // work. The kind is that of the status.
    ErrorRow{Condition::kEdgePage, "429 or 5xx", "an error page by something in between",
             v1::ERROR_KIND_OTHER_HTTP_STATUS, kNetwork, kExitUnavailable, StatusCode::kUnknown, "EDGE_PAGE",
             kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    // Not followed, since that would disclose the key. The API has no redirects, so an unknown peer sent it,
    // which may have forwarded the request. The cause is a wrong base URL, so retries never help.
    ErrorRow{Condition::kRedirect, "3xx", "a redirect, which this service does not follow",
             v1::ERROR_KIND_OTHER_HTTP_STATUS, kOperator, kExitUnavailable, StatusCode::kFailedPrecondition,
             "UPSTREAM_REDIRECT", kOurs, kUnknown, kPermanent,
             "It may have been paid for, which is unlikely: the operator has to correct the service's base "
             "URL before asking again."},
    ErrorRow{Condition::kUnexpectedStatus, "any other", "a status that the API does not know",
             v1::ERROR_KIND_OTHER_HTTP_STATUS, kUpstream, kExitUnavailable, StatusCode::kUnknown,
             "UNEXPECTED_STATUS", kOurs, kUnknown, kUnknownOutcome, kMayBePaid},

    // UNKNOWN and once, unless the error names a status of this table: see FromErrorInSuccess.
    ErrorRow{Condition::kErrorInSuccess, "200", "the generation failed", v1::ERROR_KIND_GENERATION_FAILED,
             kUpstream, kExitUnavailable, StatusCode::kUnknown, "GENERATION_FAILED", kTheirs, kNotBilled,
             kOnce, "Nothing was paid, for a failed generation is not billed: asking again is free."},
    ErrorRow{Condition::kEmptyReply, "200 or 204", "the reply is empty", v1::ERROR_KIND_RESPONSE_VALIDATION,
             kUpstream, kExitUnexpected, StatusCode::kUnknown, "EMPTY_REPLY", kOurs, kUnknown,
             kUnknownOutcome, kMayBePaid},
    // UNKNOWN: the upstream does not bill failed generations, but reports them by an error status, and this
    // is a success.
    ErrorRow{Condition::kNoImages, "200", "a complete reply without an image",
             v1::ERROR_KIND_GENERATION_FAILED, kUpstream, kExitUnavailable, StatusCode::kDataLoss,
             "NO_PICTURES", kOurs, kUnknown, kUnknownOutcome, kMayBePaid},
    ErrorRow{Condition::kUndecodableImage, "200", "an image that cannot be decoded",
             v1::ERROR_KIND_RESPONSE_VALIDATION, kUpstream, kExitUnexpected, StatusCode::kDataLoss,
             "UNDECODABLE_PICTURE", kOurs, kBilled, kPermanent, kPaidInVain},
    // Not RESOURCE_EXHAUSTED: clients retry that, and the money is spent.
    ErrorRow{Condition::kTooLarge, "200", "an image larger than the service takes",
             v1::ERROR_KIND_RESPONSE_VALIDATION, kService, kExitUnexpected, StatusCode::kDataLoss,
             "TOO_LARGE", kOurs, kBilled, kPermanent, kPaidInVain},
    ErrorRow{Condition::kTooManyImages, "200", "more images than the service takes",
             v1::ERROR_KIND_RESPONSE_VALIDATION, kService, kExitUnexpected, StatusCode::kDataLoss,
             "TOO_MANY_PICTURES", kOurs, kBilled, kPermanent, kPaidInVain},
    ErrorRow{Condition::kIncompleteStream, "200", "the stream ended without a completed image",
             v1::ERROR_KIND_RESPONSE_VALIDATION, kUpstream, kExitUnexpected, StatusCode::kUnknown,
             "INCOMPLETE_STREAM", kOurs, kUnknown, kUnknownOutcome, kMayBePaid},

    ErrorRow{Condition::kInvalidRequest, "", "the request is invalid", v1::ERROR_KIND_INVALID_REQUEST,
             kCaller, kExitInvalid, StatusCode::kInvalidArgument, "INVALID_REQUEST", kOurs, kNotSent,
             kPermanent,
             "Nothing was sent: correct every field that is named, then ask again, which is free."},
    ErrorRow{Condition::kMalformedMessage, "", "the request is not a protobuf message of its type",
             v1::ERROR_KIND_INVALID_REQUEST, kCaller, kExitInvalid, StatusCode::kInvalidArgument,
             "MALFORMED_MESSAGE", kOurs, kNotSent, kPermanent,
             "Nothing was sent: build the request from this service's proto files; asking again is free."},
    ErrorRow{Condition::kNoApiKey, "", "the service has no API key", v1::ERROR_KIND_UNEXPECTED, kOperator,
             kExitUnexpected, StatusCode::kFailedPrecondition, "NO_API_KEY", kOurs, kNotSent, kPermanent,
             "Nothing was sent or paid: the operator has to give the service an OpenRouter key."},
    ErrorRow{Condition::kCallerKeyNotAllowed, "", "the service takes no API keys from callers",
             v1::ERROR_KIND_INVALID_REQUEST, kCaller, kExitInvalid, StatusCode::kPermissionDenied,
             "CALLER_KEY_NOT_ALLOWED", kOurs, kNotSent, kPermanent,
             "Nothing was sent: leave options.api_key out; asking again is free."},
    // Permanent for this process; another replica takes the call at once.
    ErrorRow{Condition::kDraining, "", "the service is shutting down", v1::ERROR_KIND_UNAVAILABLE, kService,
             kExitUnavailable, StatusCode::kUnavailable, "DRAINING", kOurs, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free: another replica can take the call."},
    ErrorRow{Condition::kDrainedAfterDispatch, "", "the service shut down while OpenRouter was at work",
             v1::ERROR_KIND_UNAVAILABLE, kService, kExitUnavailable, StatusCode::kUnknown, "DRAINING", kOurs,
             kUnknown, kPermanent, kMayBePaid},
    ErrorRow{Condition::kInternal, "", "an internal fault of the service", v1::ERROR_KIND_UNEXPECTED,
             kService, kExitUnexpected, StatusCode::kInternal, "INTERNAL", kOurs, kNotSent, kPermanent,
             "Nothing was sent, so asking again is free: tell the service's operator if it goes on."},
    ErrorRow{
        Condition::kInternalAfterDispatch, "",
        "an internal fault of the service while OpenRouter was at work", v1::ERROR_KIND_UNEXPECTED, kService,
        kExitUnexpected, StatusCode::kUnknown, "INTERNAL", kOurs, kUnknown, kPermanent,
        "It may have been paid for: tell the service's operator, and look at the account's activity before "
        "asking again."},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kGenerateTable.size(); ++i) {
    if (kGenerateTable[i].condition != static_cast<Condition>(i)) return false;
  }
  return kGenerateTable.back().condition == Condition::kInternalAfterDispatch;
}
static_assert(InOrder(), "RowOf finds rows by position");

// Replaces UNKNOWN: a lost reply of the catalog costs only time.
constexpr StatusCode CatalogCode(const ErrorRow& row) {
  if (row.code != StatusCode::kUnknown || row.billing != kUnknown) return row.code;
  if (row.kind == v1::ERROR_KIND_REQUEST_TIMEOUT || IsTimeout(row.condition)) {
    return StatusCode::kDeadlineExceeded;
  }
  return row.kind == v1::ERROR_KIND_UNEXPECTED ? StatusCode::kInternal : StatusCode::kUnavailable;
}

constexpr ErrorRow CatalogRow(ErrorRow row) {
  if (row.billing == kNotSent || row.billing == kNotBilled) return row;
  row.code = CatalogCode(row);
  if (row.reason == kOutcomeUnknown) row.reason = "CONNECTION_LOST";
  row.billing = kNotBilled;
  if (row.retryability == kUnknownOutcome) row.retryability = kTransient;
  row.advice = "The catalog is free: ask again, and tell the service's operator if it goes on.";
  return row;
}

constexpr auto kCatalogTable = [] {
  auto table = kGenerateTable;
  for (ErrorRow& row : table) row = CatalogRow(row);
  return table;
}();

}  // namespace

std::span<const ErrorRow> ErrorTable(Operation operation) {
  return operation == Operation::kCatalog ? kCatalogTable : kGenerateTable;
}

const ErrorRow& RowOf(Condition condition, Operation operation) {
  return ErrorTable(operation)[static_cast<std::size_t>(condition)];
}

bool IsRetriedByClients(StatusCode code) {
  switch (code) {
    case StatusCode::kUnavailable:
    case StatusCode::kInternal:
    case StatusCode::kResourceExhausted:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kAborted:
      return true;
    default:
      return false;
  }
}

}  // namespace openrouter_images::errors
