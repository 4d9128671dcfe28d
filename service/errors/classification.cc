#include "service/errors/classification.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "service/errors/error_table.h"

namespace openrouter_images::errors {
namespace {

const google::protobuf::Value* Metadata(const ErrorBody& body, const char* key) {
  const auto& fields = body.error.metadata().fields();
  const auto found = fields.find(key);
  return found == fields.end() ? nullptr : &found->second;
}

std::string_view LimitSource(const ErrorBody& body) {
  const auto* value = Metadata(body, "limit_source");
  return value == nullptr ? std::string_view() : std::string_view(value->string_value());
}

Condition ConditionOf402(const ErrorBody& body) {
  const std::string_view source = LimitSource(body);
  if (source == "openrouter_in_flight_budget") return Condition::kHttp402InFlight;
  if (source == "openrouter_key_limit") return Condition::kHttp402KeyLimit;
  return Condition::kHttp402Credits;
}

Condition ConditionOf403(const ErrorBody& body) {
  constexpr std::array<std::string_view, 3> kBudgets = {
      "openrouter_guardrail_budget", "openrouter_workspace_budget", "openrouter_key_limit"};
  if (std::ranges::find(kBudgets, LimitSource(body)) != kBudgets.end()) return Condition::kHttp403Budget;
  const bool flagged = Metadata(body, "reasons") != nullptr || Metadata(body, "flagged_input") != nullptr;
  if (flagged || body.error.error_type() == "content_policy_violation") return Condition::kHttp403Moderation;
  if (Metadata(body, "patterns") != nullptr) return Condition::kHttp403Guardrail;
  return Condition::kHttp403Permission;
}

// The HTTP status that belongs to a word of error.code or error_type; 0 for an unknown one.
int StatusOfWord(std::string_view word) {
  struct Word {
    std::string_view word;
    int status;
  };
  static constexpr std::array<Word, 27> kWords = {{{"authentication", 401},
                                                   {"content_policy_violation", 400},
                                                   {"context_length_exceeded", 400},
                                                   {"image_download_failed", 400},
                                                   {"image_not_found", 400},
                                                   {"image_too_large", 400},
                                                   {"image_too_small", 400},
                                                   {"invalid_image", 400},
                                                   {"invalid_prompt", 400},
                                                   {"invalid_request", 400},
                                                   {"max_tokens_exceeded", 400},
                                                   {"not_found", 404},
                                                   {"payload_too_large", 413},
                                                   {"payment_required", 402},
                                                   {"permission_denied", 403},
                                                   {"precondition_failed", 412},
                                                   {"provider_overloaded", 529},
                                                   {"provider_unavailable", 503},
                                                   {"rate_limit_exceeded", 429},
                                                   {"refusal", 400},
                                                   {"server", 500},
                                                   {"string_too_long", 400},
                                                   {"timeout", 504},
                                                   {"token_limit_exceeded", 400},
                                                   {"unprocessable", 422},
                                                   {"unsupported_image_format", 400},
                                                   {"server_error", 500}}};
  const auto* found = std::ranges::find(kWords, word, &Word::word);
  return found == kWords.end() ? 0 : found->status;
}

// 0 when the body names no error status.
int StatusNamedBy(const ErrorBody& body) {
  int status = body.status;
  if (status == 0) status = StatusOfWord(body.error.code());
  if (status == 0) status = StatusOfWord(body.error.error_type());
  return status >= 400 && status < 600 ? status : 0;
}

}  // namespace

Condition ConditionOfTransfer(const http::TransferResult& result) {
  using http::Fault;
  switch (result.fault) {
    case Fault::kInvalidRequest:
      return Condition::kInternal;
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
    case Fault::kSend:
    case Fault::kReset:
    case Fault::kEmptyReply:
    case Fault::kOther:
      // Without a dispatch, the connection broke while it was being made.
      return result.dispatched ? Condition::kConnectionLost : Condition::kConnect;
    case Fault::kTruncated:
      return Condition::kTruncated;
    case Fault::kProtocol:
      return Condition::kProtocol;
    case Fault::kFirstByteTimeout:
      return Condition::kFirstByteTimeout;
    case Fault::kStallTimeout:
      return Condition::kStalled;
    case Fault::kDeadline:
      return result.dispatched ? Condition::kDeadlineAfterDispatch : Condition::kDeadlineBeforeDispatch;
    case Fault::kCancelled:
      return result.dispatched ? Condition::kCancelledAfterDispatch : Condition::kCancelledBeforeDispatch;
    case Fault::kRedispatch:
      return Condition::kRedispatch;
    case Fault::kCallbackThrew:
      return result.dispatched ? Condition::kInternalAfterDispatch : Condition::kInternal;
    case Fault::kVetoed:
      // Not used: the vetoing code reports a condition of its own.
      return Condition::kInternal;
    case Fault::kNone:
    case Fault::kAbortedByHandler:
      break;
  }
  return Condition::kInternal;
}

Condition ConditionOfReply(KeyOwner key_owner, int status, const ErrorBody& body) {
  const Condition plain = ConditionOfStatus(status);
  const bool is_5xx = status >= 500 && status < 600;
  if ((is_5xx || status == 429) && !body.well_formed) {
    return IsTimeout(plain) ? plain : Condition::kEdgePage;
  }
  if (is_5xx) {
    const Condition named = ConditionOfStatus(StatusNamedBy(body));
    return IsTimeout(named) ? named : plain;
  }
  switch (plain) {
    case Condition::kHttp401ServiceKey:
      return key_owner == KeyOwner::kCaller ? Condition::kHttp401CallerKey : plain;
    case Condition::kHttp402Credits:
      return body.well_formed ? ConditionOf402(body) : plain;
    case Condition::kHttp403Permission:
      return body.well_formed ? ConditionOf403(body) : plain;
    default:
      return plain;
  }
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

std::optional<Condition> ConditionNamedBy(const ErrorBody& body) {
  const int status = StatusNamedBy(body);
  if (status == 0) return std::nullopt;
  return ConditionOfReply(KeyOwner::kService, status, body);
}

}  // namespace openrouter_images::errors
