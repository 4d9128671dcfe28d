#include "service/errors/classification.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace openrouter::images::errors {
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

// Statuses that count as the upstream's only in its own words.
Condition ConditionOfTransientStatus(int status) {
  switch (status) {
    case 429:
      return Condition::kHttp429;
    case 500:
      return Condition::kHttp500;
    case 502:
      return Condition::kHttp502;
    case 503:
      return Condition::kHttp503;
    case 529:
      return Condition::kHttp529;
    default:
      return Condition::kHttpOther5xx;
  }
}

// The status that a word of error.code or error_type comes with; 0 for an unknown one.
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

}  // namespace

Condition ConditionOfHttpStatus(KeyOwner key_owner, int status, const ErrorBody& body) {
  switch (status) {
    case 400:
      return Condition::kHttp400;
    case 401:
      return key_owner == KeyOwner::kCaller ? Condition::kHttp401CallerKey : Condition::kHttp401ServiceKey;
    case 402:
      return body.well_formed ? ConditionOf402(body) : Condition::kHttp402Credits;
    case 403:
      return body.well_formed ? ConditionOf403(body) : Condition::kHttp403Permission;
    case 404:
      return Condition::kHttp404;
    case 408:
      return Condition::kHttp408;
    case 413:
      return Condition::kHttp413;
    case 422:
      return Condition::kHttp422;
    case 504:
      return Condition::kHttp504;
    case 524:
      return Condition::kHttp524;
    default:
      break;
  }
  if (status == 429 || (status >= 500 && status < 600)) {
    return body.well_formed ? ConditionOfTransientStatus(status) : Condition::kEdgePage;
  }
  if (status >= 400 && status < 500) return Condition::kHttpOther4xx;
  if (status >= 300 && status < 400) return Condition::kRedirect;
  return Condition::kUnexpectedStatus;
}

int StatusNamedBy(const ErrorBody& body) {
  int status = body.status;
  if (status == 0) status = StatusOfWord(body.error.code());
  if (status == 0) status = StatusOfWord(body.error.error_type());
  return status >= 400 && status < 600 ? status : 0;
}

}  // namespace openrouter::images::errors
