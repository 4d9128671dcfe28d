#include "client/images_error.h"

#include <google/protobuf/any.pb.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace openrouter::images::client {
namespace {

using grpc::StatusCode;

constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// Codes whose meaning does not depend on who said them.
v1::ErrorKind KindOfBareCode(StatusCode code) {
  switch (code) {
    case StatusCode::CANCELLED:
      return v1::ERROR_KIND_REQUEST_ABORTED;
    case StatusCode::INVALID_ARGUMENT:
    case StatusCode::OUT_OF_RANGE:
      return v1::ERROR_KIND_INVALID_REQUEST;
    case StatusCode::DEADLINE_EXCEEDED:
      return v1::ERROR_KIND_REQUEST_TIMEOUT;
    case StatusCode::NOT_FOUND:
      return v1::ERROR_KIND_NOT_FOUND;
    case StatusCode::PERMISSION_DENIED:
      return v1::ERROR_KIND_FORBIDDEN;
    case StatusCode::UNAUTHENTICATED:
      return v1::ERROR_KIND_UNAUTHORIZED;
    case StatusCode::UNAVAILABLE:
      return v1::ERROR_KIND_CONNECTION;
    case StatusCode::UNIMPLEMENTED:
      return v1::ERROR_KIND_UNEXPECTED;
    default:
      return v1::ERROR_KIND_UNSPECIFIED;
  }
}

// gRPC's own words, in lower case, of a reply that came and could not be used, or did not come.
constexpr std::array<std::string_view, 5> kUnusableReply = {"no message returned", "parse", "deserializ",
                                                            "compress", "missing response"};

bool SpeaksOfTheReply(const std::string& message) {
  const std::string lower = absl::AsciiStrToLower(message);
  return std::any_of(kUnusableReply.begin(), kUnusableReply.end(),
                     [&](std::string_view words) { return lower.find(words) != std::string::npos; });
}

bool RequestTooLarge(const grpc::Status& status) {
  return status.error_code() == StatusCode::RESOURCE_EXHAUSTED &&
         status.error_message().find("Received message larger than max") != std::string::npos;
}

v1::BillingOutcome OutcomeOfBareStatus(const grpc::Status& status, CallProgress progress) {
  if (progress == CallProgress::kNeverSent || RequestTooLarge(status)) return v1::BILLING_OUTCOME_NOT_SENT;
  switch (status.error_code()) {
    case StatusCode::UNIMPLEMENTED:
      return SpeaksOfTheReply(status.error_message()) ? v1::BILLING_OUTCOME_UNKNOWN
                                                      : v1::BILLING_OUTCOME_NOT_SENT;
    case StatusCode::UNAUTHENTICATED:
    case StatusCode::PERMISSION_DENIED:
      return v1::BILLING_OUTCOME_NOT_SENT;
    default:
      return v1::BILLING_OUTCOME_UNKNOWN;
  }
}

std::chrono::milliseconds ToMilliseconds(const google::protobuf::Duration& duration) {
  // Rounded up: a client that waits a little less than it was told asks in vain.
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
    error.kind = details.kind();
    error.billing_outcome = details.billing_outcome();
    error.http_status = details.http_status();
    error.attempts = details.call().attempts();
    error.advice = details.advice();
    error.error_type = details.error_type();
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

ImagesError ImagesError::FromStatus(const grpc::Status& status, CallCost cost, CallProgress progress) {
  ImagesError error;
  error.code = status.error_code();
  error.message = status.error_message();
  error.kind = KindOfBareCode(error.code);
  error.billing_outcome = OutcomeOfBareStatus(status, progress);
  if (RequestTooLarge(status)) {
    error.kind = v1::ERROR_KIND_INVALID_REQUEST;
    error.advice =
        "The request is larger than the server takes: send smaller reference pictures, or their URLs.";
  }
  error.raw_details = status.error_details();

  google::rpc::Status rich;
  if (rich.ParseFromString(error.raw_details)) {
    for (const google::protobuf::Any& detail : rich.details()) ReadDetail(detail, error);
  }
  // A service that says nothing of money has not said that none was spent.
  if (error.billing_outcome == v1::BILLING_OUTCOME_UNSPECIFIED) {
    error.billing_outcome = v1::BILLING_OUTCOME_UNKNOWN;
  }
  if (cost == CallCost::kFree && error.billing_outcome == v1::BILLING_OUTCOME_UNKNOWN) {
    error.billing_outcome = v1::BILLING_OUTCOME_NOT_BILLED;
  }
  return error;
}

Fault ImagesError::fault() const {
  switch (kind) {
    case v1::ERROR_KIND_BAD_REQUEST:
    case v1::ERROR_KIND_NOT_FOUND:
    case v1::ERROR_KIND_PAYLOAD_TOO_LARGE:
    case v1::ERROR_KIND_INVALID_REQUEST:
      return Fault::kRequest;
    case v1::ERROR_KIND_FORBIDDEN:
      // A 403 is about the account, but for one.
      return reason == "MODERATION" ? Fault::kRequest : Fault::kAccount;
    case v1::ERROR_KIND_UNAUTHORIZED:
    case v1::ERROR_KIND_PAYMENT_REQUIRED:
    case v1::ERROR_KIND_TOO_MANY_REQUESTS:
      return Fault::kAccount;
    case v1::ERROR_KIND_INTERNAL_SERVER:
    case v1::ERROR_KIND_BAD_GATEWAY:
    case v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT:
    case v1::ERROR_KIND_PROVIDER_OVERLOADED:
    case v1::ERROR_KIND_OTHER_HTTP_STATUS:
    case v1::ERROR_KIND_GENERATION_FAILED:
      return Fault::kUpstream;
    case v1::ERROR_KIND_RESPONSE_VALIDATION:
      // Limits of the service's own.
      return reason == "TOO_LARGE" || reason == "TOO_MANY_PICTURES" ? Fault::kService : Fault::kUpstream;
    case v1::ERROR_KIND_CONNECTION:
      return Fault::kNetwork;
    case v1::ERROR_KIND_REQUEST_TIMEOUT:
      return Fault::kDeadline;
    case v1::ERROR_KIND_REQUEST_ABORTED:
      return Fault::kCaller;
    case v1::ERROR_KIND_UNEXPECTED:
    case v1::ERROR_KIND_UNAVAILABLE:
      return Fault::kService;
    default:
      return Fault::kUnknown;
  }
}

std::string ImagesError::ToString() const {
  std::string text = message.empty() ? "The call failed" : message;
  std::string_view code_name = CodeName(code);
  absl::StrAppend(&text, " [", absl::string_view(code_name.data(), code_name.size()));
  if (kind != v1::ERROR_KIND_UNSPECIFIED) absl::StrAppend(&text, ", ", KindName(kind));
  if (http_status != 0) absl::StrAppend(&text, ", HTTP ", http_status);
  if (!error_type.empty()) absl::StrAppend(&text, ", ", error_type);
  if (attempts > 1) absl::StrAppend(&text, ", ", attempts, " attempts");
  std::string_view billing = BillingSentence(billing_outcome);
  absl::StrAppend(&text, "]. ", absl::string_view(billing.data(), billing.size()));
  if (retry_delay.has_value()) {
    absl::StrAppend(&text, " Retry after ", static_cast<double>(retry_delay->count()) / 1000.0, " s.");
  }
  if (!advice.empty()) absl::StrAppend(&text, " ", advice);
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
      return "The picture was made and billed.";
    default:
      return "It is not known whether this was billed: asking again may pay twice.";
  }
}

}  // namespace openrouter::images::client
