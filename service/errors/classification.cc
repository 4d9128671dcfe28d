#include "service/errors/classification.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "service/errors/billing_outcome.h"
#include "service/errors/error_table.h"
#include "service/errors/error_words.h"

namespace openrouter_images::errors {
namespace {

std::string_view LimitSource(const ErrorBody& body) {
  const auto& metadata = body.upstream.metadata().fields();
  const auto found = metadata.find("limit_source");
  return found == metadata.end() ? std::string_view() : std::string_view(found->second.string_value());
}

Condition ConditionOf402(const ErrorBody& body) {
  const std::string_view source = LimitSource(body);
  if (source.empty() || source == "openrouter_credits") return Condition::kHttp402Credits;
  if (source == "openrouter_in_flight_budget") return Condition::kHttp402InFlight;
  if (source == "openrouter_key_limit") return Condition::kKeyLimit;
  return Condition::kHttp402OtherLimit;
}

Condition ConditionOf403(const ErrorBody& body) {
  if (LimitSource(body) == "openrouter_key_limit") return Condition::kKeyLimit;
  if (SaysContentRefused(body.upstream)) return Condition::kModeration;
  for (const char* key : {"limit_source", "limit_usd", "spend_usd", "resets_at"}) {
    if (HasMetadata(body.upstream, key)) return Condition::kHttp403Budget;
  }
  return HasMetadata(body.upstream, "patterns") ? Condition::kHttp403Guardrail
                                                : Condition::kHttp403Permission;
}

// Of an error status, in the upstream's own words.
Condition ConditionOfError(KeyOwner key_owner, int status, const ErrorBody& body) {
  const Condition plain = ConditionOfStatus(status);
  switch (plain) {
    case Condition::kHttp400:
      if (SaysContentRefused(body.upstream)) return Condition::kModeration;
      return SaysModelNotFound(body.upstream) ? Condition::kHttp404 : plain;
    case Condition::kHttp401ServiceKey:
      return key_owner == KeyOwner::kCaller ? Condition::kHttp401CallerKey : plain;
    case Condition::kHttp402Credits:
      return ConditionOf402(body);
    case Condition::kHttp403Permission:
      return ConditionOf403(body);
    default:
      return plain;
  }
}

// Of a transfer, assuming the dispatch wherever a fault can come before and after it.
Condition ConditionOfFault(http::Fault fault) {
  using http::Fault;
  switch (fault) {
    case Fault::kResolve:
      return Condition::kDns;
    case Fault::kConnect:
      return Condition::kConnect;
    case Fault::kConnectTimeout:
      return Condition::kConnectTimeout;
    case Fault::kTlsHandshake:
      return Condition::kTlsHandshake;
    case Fault::kCertificate:
      return Condition::kCertificate;
    case Fault::kCaBundle:
      return Condition::kCaBundle;
    case Fault::kProxyFailed:
      return Condition::kProxyFailed;
    case Fault::kProxyRefused:
      return Condition::kProxyRefused;
    case Fault::kOutOfDescriptors:
      return Condition::kOutOfDescriptors;
    case Fault::kSend:
    case Fault::kReset:
    case Fault::kEmptyReply:
    case Fault::kOther:
      return Condition::kConnectionLost;
    case Fault::kTruncated:
      return Condition::kTruncated;
    case Fault::kProtocol:
    case Fault::kHeaderTooLarge:
      return Condition::kProtocol;
    case Fault::kFirstByteTimeout:
      return Condition::kFirstByteTimeout;
    case Fault::kStallTimeout:
      return Condition::kStalled;
    case Fault::kAttemptTimeout:
      return Condition::kAttemptTimeout;
    case Fault::kDeadline:
      return Condition::kDeadlineAfterDispatch;
    case Fault::kCancelled:
      return Condition::kCancelledAfterDispatch;
    case Fault::kRedispatch:
      return Condition::kRedispatch;
    case Fault::kCallbackThrew:
      return Condition::kInternalAfterDispatch;
    case Fault::kInvalidRequest:
    case Fault::kVetoed:  // Not used: the vetoing code reports a condition of its own.
    case Fault::kNone:
    case Fault::kAbortedByHandler:
      break;
  }
  return Condition::kInternal;
}

}  // namespace

Condition ConditionOfTransfer(const http::TransferResult& result) {
  const Condition condition = ConditionOfFault(result.fault);
  if (!result.dispatched) return WithoutDispatch(condition);
  const bool is_unsent = RowOf(condition, Operation::kGenerate).billing == v1::BILLING_OUTCOME_NOT_SENT;
  if (!is_unsent) return condition;
  // For instance a GET that was sent on a connection that died, and could not be sent on a new one.
  return condition == Condition::kInternal ? Condition::kInternalAfterDispatch : Condition::kConnectionLost;
}

Condition WithoutDispatch(Condition condition) {
  switch (condition) {
    case Condition::kDeadlineAfterDispatch:
      return Condition::kDeadlineBeforeDispatch;
    case Condition::kCancelledAfterDispatch:
      return Condition::kCancelledBeforeDispatch;
    case Condition::kInternalAfterDispatch:
      return Condition::kInternal;
    case Condition::kAttemptTimeout:
      return Condition::kConnectTimeout;
    case Condition::kDrainedAfterDispatch:
      return Condition::kDraining;
    case Condition::kRedirect:
      return Condition::kRedirectBeforeDispatch;
    default:
      return IsFree(RowOf(condition, Operation::kGenerate).billing) ? condition
                                                                    : Condition::kLostBeforeDispatch;
  }
}

Condition ConditionOfReply(KeyOwner key_owner, int status, const ErrorBody& body) {
  const Condition condition = ConditionOfError(key_owner, status, body);
  if (status == 404 && !body.is_own) return Condition::kUnknownPath;
  if (status < 500 || status >= 600 || IsTimeout(condition)) return condition;
  if (!body.is_own) return Condition::kEdgePage;
  const Condition named = ConditionOfStatus(body.status);
  return IsTimeout(named) ? named : condition;
}

Condition ConditionOfStatus(int status) {
  if (status >= 300 && status < 400) return Condition::kRedirect;
  if (status < 400 || status >= 600) return Condition::kUnexpectedStatus;
  // The table knows which statuses have a row of their own.
  const std::string number = absl::StrCat(status);
  const auto rows = ErrorTable(Operation::kGenerate);
  const auto row = std::ranges::find(rows, number, &ErrorRow::status);
  if (row != rows.end()) return row->condition;
  return status < 500 ? Condition::kHttpOther4xx : Condition::kHttpOther5xx;
}

Condition ConditionInSuccess(KeyOwner key_owner, const ErrorBody& body) {
  return body.status == 0 ? Condition::kErrorInSuccess : ConditionOfError(key_owner, body.status, body);
}

}  // namespace openrouter_images::errors
