#include "openrouter_images/images_error.h"

#include <google/protobuf/any.pb.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace openrouter_images::client {
namespace {

using grpc::StatusCode;

constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// What a bare code says: that of a status without the service's details, made between client and service.
struct BareCode {
  StatusCode code;
  v1::ErrorKind kind;
  v1::ResponsibleParty responsible;
  v1::ExitClass exit_class;
  v1::BillingOutcome paid;  // of a call that costs money
};

constexpr auto kCaller = v1::RESPONSIBLE_PARTY_CALLER;
constexpr auto kNotKnown = v1::RESPONSIBLE_PARTY_UNSPECIFIED;
constexpr auto kUnknown = v1::BILLING_OUTCOME_UNKNOWN;
constexpr auto kNotSent = v1::BILLING_OUTCOME_NOT_SENT;

// Codes that mean the same whoever says them. NOT_SENT: gRPC says it before the service sees the call.
constexpr std::array kBareCodes = {
    BareCode{StatusCode::CANCELLED, v1::ERROR_KIND_REQUEST_ABORTED, kCaller, v1::EXIT_CLASS_UNAVAILABLE,
             kUnknown},
    BareCode{StatusCode::INVALID_ARGUMENT, v1::ERROR_KIND_INVALID_REQUEST, kCaller, v1::EXIT_CLASS_INVALID,
             kUnknown},
    BareCode{StatusCode::DEADLINE_EXCEEDED, v1::ERROR_KIND_REQUEST_TIMEOUT, kCaller,
             v1::EXIT_CLASS_UNAVAILABLE, kUnknown},
    BareCode{StatusCode::NOT_FOUND, v1::ERROR_KIND_NOT_FOUND, kCaller, v1::EXIT_CLASS_NOT_FOUND, kUnknown},
    BareCode{StatusCode::PERMISSION_DENIED, v1::ERROR_KIND_FORBIDDEN, kCaller, v1::EXIT_CLASS_NOT_ALLOWED,
             kUnknown},
    BareCode{StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_LIMIT,
             kUnknown},
    BareCode{StatusCode::OUT_OF_RANGE, v1::ERROR_KIND_INVALID_REQUEST, kCaller, v1::EXIT_CLASS_INVALID,
             kUnknown},
    BareCode{StatusCode::UNIMPLEMENTED, v1::ERROR_KIND_UNEXPECTED, v1::RESPONSIBLE_PARTY_SERVICE,
             v1::EXIT_CLASS_UNEXPECTED, kNotSent},
    BareCode{StatusCode::UNAVAILABLE, v1::ERROR_KIND_CONNECTION, v1::RESPONSIBLE_PARTY_NETWORK,
             v1::EXIT_CLASS_UNAVAILABLE, kUnknown},
    BareCode{StatusCode::UNAUTHENTICATED, v1::ERROR_KIND_UNAUTHORIZED, kCaller, v1::EXIT_CLASS_NOT_ALLOWED,
             kUnknown},
};
constexpr BareCode kOtherCode = {StatusCode::UNKNOWN, v1::ERROR_KIND_UNSPECIFIED, kNotKnown,
                                 v1::EXIT_CLASS_UNEXPECTED, kUnknown};
constexpr BareCode kRequestTooLarge = {StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_KIND_INVALID_REQUEST,
                                       kCaller, v1::EXIT_CLASS_INVALID, kNotSent};

constexpr BareCode kReplyTooLarge = {StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_KIND_RESPONSE_VALIDATION,
                                     kCaller, v1::EXIT_CLASS_UNEXPECTED, v1::BILLING_OUTCOME_BILLED};

constexpr BareCode kMessageTooLarge = {StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_KIND_UNSPECIFIED, kNotKnown,
                                       v1::EXIT_CLASS_UNEXPECTED, kUnknown};

constexpr char kMessageTooLargeAdvice[] =
    "Perhaps the reply is larger than this channel's receive limit, and lost: look at the account's activity "
    "before asking again, and use MakeChannel, which has no limit.";
constexpr char kRequestTooLargeAdvice[] =
    "The request is larger than the server takes: send smaller reference images, or their URLs.";
constexpr char kReplyTooLargeAdvice[] =
    "The reply is larger than this channel's receive limit, and lost: use MakeChannel, which has no limit, "
    "raise the limit, or use StreamGenerateImages.";

// gRPC's own words, in lower case, of a reply that came and could not be used, or did not come.
constexpr std::array<std::string_view, 4> kUnusableReply = {"no message returned", "parse", "deserializ",
                                                            "missing response"};

bool SpeaksOfTheReply(const std::string& message) {
  const std::string lower = absl::AsciiStrToLower(message);
  return std::any_of(kUnusableReply.begin(), kUnusableReply.end(),
                     [&](std::string_view words) { return lower.find(words) != std::string::npos; });
}

constexpr char kTooLarge[] = "Received message larger than max";

// A message above somebody's receive limit: the request at the server, or the reply here.
bool IsMessageTooLarge(const grpc::Status& status) {
  return status.error_code() == StatusCode::RESOURCE_EXHAUSTED &&
         status.error_message().find(kTooLarge) != std::string::npos;
}

// Whether these words, which go on " (SIZE vs. LIMIT)", can be about a request of this size.
bool IsAboutTheRequest(const std::string& message, std::size_t request_bytes) {
  const std::string sizes = message.substr(message.find(kTooLarge) + sizeof(kTooLarge) - 1);
  const std::vector<std::string> parts = absl::StrSplit(sizes, absl::ByAnyChar(" ()"), absl::SkipEmpty());
  std::size_t size = 0;
  std::size_t limit = 0;
  return request_bytes > 0 && parts.size() == 3 && absl::SimpleAtoi(parts[0], &size) &&
         absl::SimpleAtoi(parts[2], &limit) && (request_bytes == size || request_bytes > limit);
}

// What is known of a message that is too large.
struct TooLarge {
  BareCode meaning;
  const char* advice;
};

TooLarge TooLargeOf(const grpc::Status& status, CallProgress progress, std::size_t request_bytes) {
  if (progress == CallProgress::kAccepted) return {kReplyTooLarge, kReplyTooLargeAdvice};
  if (IsAboutTheRequest(status.error_message(), request_bytes)) {
    return {kRequestTooLarge, kRequestTooLargeAdvice};
  }
  return {kMessageTooLarge, kMessageTooLargeAdvice};
}

// The codes' table, corrected by gRPC's own words.
BareCode MeaningOf(const grpc::Status& status, CallProgress progress) {
  const auto* row = std::ranges::find(kBareCodes, status.error_code(), &BareCode::code);
  BareCode meaning = row == kBareCodes.end() ? kOtherCode : *row;
  if (progress == CallProgress::kAccepted || SpeaksOfTheReply(status.error_message())) {
    meaning.paid = kUnknown;
  }
  return meaning;
}

std::chrono::milliseconds ToMilliseconds(const google::protobuf::Duration& duration) {
  // Rounded up: a client that waits a little less than that asks in vain.
  return std::chrono::seconds(duration.seconds()) +
         std::chrono::milliseconds((duration.nanos() + 999'999) / 1'000'000);
}

void ReadDetail(const google::protobuf::Any& detail, ImagesError& error) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad_request;
  v1::ImagesError details;
  if (detail.UnpackTo(&details)) {
    error.from_service = true;
    error.reason_value = details.reason();
    error.kind = details.kind();
    error.responsible = details.responsible_party();
    error.exit_class = details.exit_class();
    error.billing_outcome = details.billing_outcome();
    error.http_status = details.upstream().http_status();
    error.attempts = details.call().requests_sent();
    error.advice = details.advice();
    error.error_type = details.upstream().error_type();
    error.call_id = details.call().call_id();
    error.details = std::move(details);
  } else if (detail.UnpackTo(&info)) {
    error.reason = info.reason();
    error.domain = info.domain();
  } else if (detail.UnpackTo(&retry)) {
    error.retry_delay = ToMilliseconds(retry.retry_delay());
  } else if (detail.UnpackTo(&bad_request)) {
    for (const auto& violation : bad_request.field_violations()) {
      error.violations.push_back({violation.field(), violation.description()});
    }
  }
}

std::string WithoutPrefix(const std::string& name, std::string_view prefix, int number) {
  if (name.empty()) return std::to_string(number);
  return name.substr(prefix.size());
}

}  // namespace

ImagesError ImagesError::FromStatus(const grpc::Status& status, CallCost cost, CallProgress progress,
                                    std::size_t request_bytes) {
  ImagesError error;
  error.code = status.error_code();
  error.message = status.error_message();
  BareCode bare = MeaningOf(status, progress);
  if (IsMessageTooLarge(status)) {
    const TooLarge too_large = TooLargeOf(status, progress, request_bytes);
    bare = too_large.meaning;
    error.advice = too_large.advice;
  }
  error.kind = bare.kind;
  error.responsible = bare.responsible;
  error.exit_class = bare.exit_class;
  error.billing_outcome = progress == CallProgress::kNeverSent ? kNotSent : bare.paid;
  error.raw_details = status.error_details();

  google::rpc::Status rich;
  if (rich.ParseFromString(error.raw_details)) {
    for (const google::protobuf::Any& detail : rich.details()) ReadDetail(detail, error);
  }
  // A service that says nothing of money has not said that none was spent.
  if (error.billing_outcome == v1::BILLING_OUTCOME_UNSPECIFIED) {
    error.billing_outcome = kUnknown;
  }
  if (cost == CallCost::kFree && error.billing_outcome != kNotSent) {
    error.billing_outcome = v1::BILLING_OUTCOME_NOT_BILLED;
  }
  return error;
}

const v1::UpstreamError* ImagesError::upstream() const {
  return details.has_upstream() ? &details.upstream() : nullptr;
}

std::string_view ImagesError::generation_id() const {
  const auto& all = details.call().attempts();
  const auto named = std::find_if(
      all.rbegin(), all.rend(), [](const v1::Attempt& attempt) { return !attempt.generation_id().empty(); });
  return named == all.rend() ? std::string_view() : std::string_view(named->generation_id());
}

std::string ImagesError::ToString() const {
  std::string text = message;
  // The service ends its message with its advice, for callers that show nothing else.
  if (!advice.empty() && absl::EndsWith(text, advice)) {
    text.resize(text.size() - advice.size());
    absl::StripTrailingAsciiWhitespace(&text);
  }
  if (text.empty()) text = "The call failed";
  std::string_view code_name = CodeName(code);
  absl::StrAppend(&text, " [", absl::string_view(code_name.data(), code_name.size()));
  if (!reason.empty()) {
    absl::StrAppend(&text, ", ", reason);
  } else if (kind != v1::ERROR_KIND_UNSPECIFIED) {
    absl::StrAppend(&text, ", ", KindName(kind));
  }
  if (http_status != 0) absl::StrAppend(&text, ", HTTP ", http_status);
  if (!error_type.empty()) absl::StrAppend(&text, ", ", error_type);
  if (attempts > 1) absl::StrAppend(&text, ", ", attempts, " attempts");
  std::string_view billing = BillingSentence(billing_outcome);
  absl::StrAppend(&text, "]. ", absl::string_view(billing.data(), billing.size()));
  if (retry_delay.has_value()) {
    absl::StrAppend(&text, " Retry after ", static_cast<double>(retry_delay->count()) / 1000.0, " s.");
  }
  if (!advice.empty()) absl::StrAppend(&text, " ", advice);
  if (!call_id.empty()) absl::StrAppend(&text, " Call ", call_id, ".");
  for (const Violation& violation : violations) {
    absl::StrAppend(&text, "\n  ", violation.field, ": ", violation.description);
  }
  return text;
}

std::string_view CodeName(grpc::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  return index < kCodeNames.size() ? kCodeNames[index] : "UNKNOWN";
}

std::string KindName(v1::ErrorKind kind) {
  return WithoutPrefix(v1::ErrorKind_Name(kind), "ERROR_KIND_", kind);
}

std::string ResponsiblePartyName(v1::ResponsibleParty party) {
  return WithoutPrefix(v1::ResponsibleParty_Name(party), "RESPONSIBLE_PARTY_", party);
}

std::string BillingOutcomeName(v1::BillingOutcome outcome) {
  return WithoutPrefix(v1::BillingOutcome_Name(outcome), "BILLING_OUTCOME_", outcome);
}

std::string_view BillingSentence(v1::BillingOutcome outcome) {
  switch (outcome) {
    case v1::BILLING_OUTCOME_NOT_SENT:
      return "Nothing was sent to OpenRouter, so nothing was billed.";
    case v1::BILLING_OUTCOME_NOT_BILLED:
      return "Nothing was billed.";
    case v1::BILLING_OUTCOME_BILLED:
      return "The image was made and billed.";
    default:
      return "It is not known whether this was billed: asking again may pay twice.";
  }
}

}  // namespace openrouter_images::client
