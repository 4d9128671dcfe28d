#include "service/errors/status_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "service/errors/billing_outcome.h"
#include "service/errors/reason.h"
#include "service/errors/text.h"

namespace openrouter_images::errors {
namespace {

// ErrorInfo is read by programs and by people on a terminal: enough for any identifier.
constexpr std::size_t kMaxInfoValue = 80;
constexpr std::size_t kMaxDescription = 200;

std::string_view MetadataText(const v1::ImagesError& error, const char* key) {
  const auto& fields = error.upstream().metadata().fields();
  const auto found = fields.find(key);
  return found == fields.end() ? std::string_view() : std::string_view(found->second.string_value());
}

// The model that the request or the upstream named; may be empty.
std::string ModelOf(const Failure& failure) {
  if (!failure.model.empty()) return failure.model;
  const std::string_view slug = MetadataText(failure.error, "model_slug");
  if (!slug.empty()) return std::string(slug);
  const auto& requested = failure.error.upstream().availability().requested_models();
  return requested.empty() ? std::string() : requested[0];
}

// "NOT_BILLED" for BILLING_OUTCOME_NOT_BILLED.
std::string ShortName(v1::BillingOutcome outcome) {
  constexpr std::string_view kPrefix = "BILLING_OUTCOME_";
  return v1::BillingOutcome_Name(outcome).substr(kPrefix.size());
}

std::string_view NameOf(Source source) {
  switch (source) {
    case Source::kUpstream:
      return "upstream";
    case Source::kIntermediary:
      return "intermediary";
    case Source::kService:
      break;
  }
  return "service";
}

google::rpc::ErrorInfo MakeInfo(const Failure& failure, const v1::ImagesError& error) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(failure.reason)));
  info.set_domain(std::string(kErrorDomain));
  auto& metadata = *info.mutable_metadata();
  const auto add = [&metadata](const char* key, std::string_view value) {
    if (!value.empty()) metadata[key] = Clip(OneLine(value), kMaxInfoValue);
  };
  add("source", NameOf(failure.source));
  add("billing_outcome", ShortName(error.billing_outcome()));
  const v1::UpstreamError& upstream = error.upstream();
  if (upstream.http_status() != 0) add("http_status", std::to_string(upstream.http_status()));
  add("error_type", upstream.error_type());
  add("availability_code", upstream.availability().code());
  add("provider_name", MetadataText(error, "provider_name"));
  add("model", ModelOf(failure));
  return info;
}

// The limit's name if the upstream gives none; empty when the row is not about a limit of the account.
std::string_view LimitOf(Condition condition) {
  switch (condition) {
    case Condition::kHttp402Credits:
      return "openrouter_credits";
    case Condition::kKeyLimit:
      return "openrouter_key_limit";
    case Condition::kHttp402InFlight:
      return "openrouter_in_flight_budget";
    case Condition::kHttp402OtherLimit:
    case Condition::kHttp403Budget:
      return "openrouter_budget";
    case Condition::kHttp429:
      return "openrouter_rate_limit";
    default:
      return {};
  }
}

// Whether a limit passes by itself, soon.
bool Passes(Condition limit) {
  return limit == Condition::kHttp402InFlight || limit == Condition::kHttp429;
}

std::optional<google::rpc::RetryInfo> MakeRetry(const Failure& failure,
                                                std::optional<std::chrono::milliseconds> retry_delay) {
  if (!retry_delay || !IsFree(failure.error.billing_outcome())) return std::nullopt;
  const Condition condition = failure.row->condition;
  if (!LimitOf(condition).empty() && !Passes(condition)) return std::nullopt;
  google::rpc::RetryInfo retry;
  *retry.mutable_retry_delay() =
      google::protobuf::util::TimeUtil::MillisecondsToDuration(retry_delay->count());
  return retry;
}

std::optional<google::rpc::BadRequest> MakeBadRequest(const Failure& failure) {
  if (failure.violations.empty()) return std::nullopt;
  google::rpc::BadRequest bad_request;
  for (const limits::FieldViolation& violation : failure.violations) {
    auto& added = *bad_request.add_field_violations();
    added.set_field(OneLine(violation.field));
    added.set_description(OneLine(violation.description));
  }
  return bad_request;
}

std::optional<google::rpc::QuotaFailure> MakeQuota(const Failure& failure) {
  const std::string_view limit = LimitOf(failure.row->condition);
  if (limit.empty()) return std::nullopt;
  const std::string_view source = MetadataText(failure.error, "limit_source");
  std::string description(failure.row->what);
  const auto& fields = failure.error.upstream().metadata().fields();
  for (const char* amount : {"limit_usd", "spend_usd"}) {
    const auto found = fields.find(amount);
    if (found != fields.end() && found->second.has_number_value()) {
      description += fmt::format(", {} {}", amount, found->second.number_value());
    }
  }
  const std::string_view resets_at = MetadataText(failure.error, "resets_at");
  if (!resets_at.empty()) description += fmt::format(", resets at {}", OneLine(resets_at));
  google::rpc::QuotaFailure quota;
  auto& violation = *quota.add_violations();
  violation.set_subject(Clip(OneLine(source.empty() ? limit : source), kMaxInfoValue));
  violation.set_description(Clip(description, kMaxDescription));
  return quota;
}

std::optional<google::rpc::ResourceInfo> MakeResource(const Failure& failure) {
  const std::string model = ModelOf(failure);
  if (failure.row->condition != Condition::kHttp404 || model.empty()) return std::nullopt;
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("openrouter.ai/model");
  resource.set_resource_name(Clip(OneLine(model), kMaxDescription));
  resource.set_description(std::string(failure.row->what));
  return resource;
}

using google::protobuf::RepeatedPtrField;

constexpr std::size_t kLong = 256;
constexpr std::size_t kShort = 64;
constexpr int kMaxListed = 3;
// More violations are of no use, and the limit keeps CutViolations cheap.
constexpr int kMaxViolations = 64;

void ClipField(std::string* text, std::size_t max_bytes) {
  if (text->size() > max_bytes) *text = Clip(*text, max_bytes);
}

void ClipStrings(google::protobuf::Struct& fields, std::size_t max_bytes);

// Recurses as deep as the upstream's JSON, which is bounded where it is parsed.
void ClipStrings(google::protobuf::Value& value, std::size_t max_bytes) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kStringValue:
      ClipField(value.mutable_string_value(), max_bytes);
      break;
    case google::protobuf::Value::kStructValue:
      ClipStrings(*value.mutable_struct_value(), max_bytes);
      break;
    case google::protobuf::Value::kListValue:
      for (auto& element : *value.mutable_list_value()->mutable_values()) ClipStrings(element, max_bytes);
      break;
    default:
      break;
  }
}

void ClipStrings(google::protobuf::Struct& fields, std::size_t max_bytes) {
  for (auto& [key, value] : *fields.mutable_fields()) ClipStrings(value, max_bytes);
}

void ShortenList(RepeatedPtrField<std::string>& list) {
  if (list.size() > kMaxListed) list.DeleteSubrange(kMaxListed, list.size() - kMaxListed);
  for (std::string& text : list) ClipField(&text, kShort);
}

}  // namespace

StatusBuilder::StatusBuilder(const Failure& failure, const v1::CallReport& report,
                             std::optional<std::chrono::milliseconds> retry_delay)
    : code_(static_cast<int>(failure.code)), message_(OneLine(failure.message)), error_(failure.error) {
  *error_.mutable_call() = report;
  info_ = MakeInfo(failure, error_);
  request_.set_request_id(report.call_id());
  retry_ = MakeRetry(failure, retry_delay);
  bad_request_ = MakeBadRequest(failure);
  quota_ = MakeQuota(failure);
  resource_ = MakeResource(failure);
}

google::rpc::Status StatusBuilder::Build() {
  if (!Fits()) {
    error_.set_truncated(true);
    CutToFit();
  }
  return Pack();
}

v1::PartialFailure StatusBuilder::BuildPartialFailure() {
  Build();
  v1::PartialFailure failure;
  failure.set_reason(error_.reason());
  failure.set_kind(error_.kind());
  failure.set_code(code_);
  failure.set_message(Clip(message_, kMaxMessageBytes));
  failure.set_responsible_party(error_.responsible_party());
  if (error_.has_upstream()) *failure.mutable_upstream() = std::move(*error_.mutable_upstream());
  failure.set_truncated(error_.truncated());
  return failure;
}

google::rpc::Status StatusBuilder::Pack() const {
  google::rpc::Status status;
  status.set_code(code_);
  // The advice is never cut, however long the rest is.
  const std::size_t left = kMaxMessageBytes - std::min(kMaxMessageBytes, error_.advice().size() + 2);
  status.set_message(fmt::format("{}. {}", Clip(message_, left), error_.advice()));
  status.add_details()->PackFrom(info_);
  status.add_details()->PackFrom(request_);
  if (retry_) status.add_details()->PackFrom(*retry_);
  if (bad_request_) status.add_details()->PackFrom(*bad_request_);
  if (quota_) status.add_details()->PackFrom(*quota_);
  if (resource_) status.add_details()->PackFrom(*resource_);
  status.add_details()->PackFrom(error_);
  return status;
}

bool StatusBuilder::Fits() const {
  const google::rpc::Status status = Pack();
  return status.ByteSizeLong() + status.message().size() <= kMaxStatusBytes;
}

void StatusBuilder::ClipFlaggedInput() {
  if (!error_.upstream().has_metadata()) return;
  auto& fields = *error_.mutable_upstream()->mutable_metadata()->mutable_fields();
  const auto found = fields.find("flagged_input");
  if (found != fields.end()) ClipStrings(found->second, kShort);
}

void StatusBuilder::ClipLongMetadata() {
  if (error_.upstream().has_metadata()) ClipStrings(*error_.mutable_upstream()->mutable_metadata(), kLong);
}

void StatusBuilder::ClipMetadata() {
  if (error_.upstream().has_metadata()) ClipStrings(*error_.mutable_upstream()->mutable_metadata(), kShort);
}

void StatusBuilder::DropFieldsBeside() {
  if (!error_.has_upstream()) return;
  error_.mutable_upstream()->clear_additional_reply_fields();
  error_.mutable_upstream()->clear_openrouter_metadata();
}

void StatusBuilder::DropAdditionalFields() {
  if (!error_.has_upstream()) return;
  v1::UpstreamError& upstream = *error_.mutable_upstream();
  upstream.clear_additional_fields();
  if (upstream.has_availability()) upstream.mutable_availability()->clear_additional_fields();
}

void StatusBuilder::ShortenAvailability() {
  if (!error_.upstream().has_availability()) return;
  v1::Availability& availability = *error_.mutable_upstream()->mutable_availability();
  ShortenList(*availability.mutable_affected_providers());
  ShortenList(*availability.mutable_excluded_by());
  ShortenList(*availability.mutable_requested_models());
  ShortenList(*availability.mutable_fallback_models());
  if (availability.has_code()) ClipField(availability.mutable_code(), kShort);
  if (availability.has_constraint()) ClipField(availability.mutable_constraint(), kShort);
  if (availability.has_docs_url()) ClipField(availability.mutable_docs_url(), kShort);
}

void StatusBuilder::DropRateLimits() {
  error_.mutable_call()->clear_rate_limit();
}

// Takes attempts from the beginning, leaving the last.
void StatusBuilder::DropOldAttempts() {
  auto& attempts = *error_.mutable_call()->mutable_attempts();
  for (v1::Attempt& attempt : attempts) {
    for (std::string* id :
         {attempt.mutable_upstream_request_id(), attempt.mutable_generation_id(), attempt.mutable_cf_ray()}) {
      ClipField(id, kShort);
    }
  }
  while (attempts.size() > 1 && !Fits()) attempts.DeleteSubrange(0, 1);
}

// Its main values are in ErrorInfo and QuotaFailure as well.
void StatusBuilder::DropMetadata() {
  if (error_.has_upstream()) error_.mutable_upstream()->clear_metadata();
}

void StatusBuilder::ClipViolations() {
  if (!bad_request_) return;
  for (auto& violation : *bad_request_->mutable_field_violations()) {
    ClipField(violation.mutable_field(), 2 * kShort);
    ClipField(violation.mutable_description(), 2 * kShort);
  }
}

// Takes violations from the end, leaving the first and a note of how many were cut.
void StatusBuilder::CutViolations() {
  if (!bad_request_ || bad_request_->field_violations_size() < 2) return;
  auto& violations = *bad_request_->mutable_field_violations();
  const int all = violations.size();
  for (int kept = std::min(all - 1, kMaxViolations); kept > 0; --kept) {
    violations.DeleteSubrange(kept, violations.size() - kept);
    violations.Add()->set_description(fmt::format("and {} more", all - kept));
    if (Fits()) return;
  }
}

// What remains is one string each: with all of them short the status always fits.
void StatusBuilder::ClipTexts() {
  v1::CallReport& call = *error_.mutable_call();
  ClipField(call.mutable_model(), kShort);
  ClipField(call.mutable_provider(), kShort);
  if (!error_.has_upstream()) return;
  v1::UpstreamError& upstream = *error_.mutable_upstream();
  for (std::string* text : {upstream.mutable_code(), upstream.mutable_error_type(), upstream.mutable_param(),
                            upstream.mutable_user_id(), upstream.mutable_content_type()}) {
    ClipField(text, kShort);
  }
  if (upstream.has_availability()) {
    upstream.mutable_availability()->clear_affected_providers();
    upstream.mutable_availability()->clear_excluded_by();
  }
  ClipField(upstream.mutable_body_excerpt(), kShort);
  ClipField(upstream.mutable_message(), kLong);
}

void StatusBuilder::ClipMessage() {
  ClipField(&message_, kLong);
}

void StatusBuilder::CutToFit() {
  static constexpr std::array kCuts = {
      &StatusBuilder::ClipFlaggedInput,     &StatusBuilder::ClipLongMetadata,
      &StatusBuilder::DropFieldsBeside,     &StatusBuilder::ClipMetadata,
      &StatusBuilder::DropAdditionalFields, &StatusBuilder::ShortenAvailability,
      &StatusBuilder::DropRateLimits,       &StatusBuilder::DropOldAttempts,
      &StatusBuilder::DropMetadata,         &StatusBuilder::ClipViolations,
      &StatusBuilder::CutViolations,        &StatusBuilder::ClipTexts,
      &StatusBuilder::ClipMessage};
  for (const auto cut : kCuts) {
    (this->*cut)();
    if (Fits()) return;
  }
}

}  // namespace openrouter_images::errors
