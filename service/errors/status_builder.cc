#include "service/errors/status_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "google/protobuf/util/time_util.h"
#include "service/errors/billing_outcome.h"
#include "service/errors/text.h"

namespace openrouter::images::errors {
namespace {

// ErrorInfo is read by programs and by people on a terminal: enough for any identifier.
constexpr std::size_t kMaxInfoValue = 80;
constexpr std::size_t kMaxDescription = 200;

std::string_view MetadataText(const v1::ImagesError& error, const char* key) {
  const auto& fields = error.metadata().fields();
  const auto found = fields.find(key);
  return found == fields.end() ? std::string_view() : std::string_view(found->second.string_value());
}

// The model that the request or the upstream named; may be empty.
std::string ModelOf(const Failure& failure) {
  if (!failure.model.empty()) return failure.model;
  const std::string_view slug = MetadataText(failure.error, "model_slug");
  if (!slug.empty()) return std::string(slug);
  const auto& requested = failure.error.availability().requested_models();
  return requested.empty() ? std::string() : requested[0];
}

// "NOT_BILLED" for BILLING_OUTCOME_NOT_BILLED.
std::string ShortName(v1::BillingOutcome outcome) {
  constexpr std::string_view kPrefix = "BILLING_OUTCOME_";
  return v1::BillingOutcome_Name(outcome).substr(kPrefix.size());
}

google::rpc::ErrorInfo MakeInfo(const Failure& failure, const v1::ImagesError& error) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(failure.reason));
  info.set_domain(std::string(failure.row->domain));
  auto& metadata = *info.mutable_metadata();
  const auto add = [&metadata](const char* key, std::string_view value) {
    if (!value.empty()) metadata[key] = Clip(OneLine(value), kMaxInfoValue);
  };
  add("billing_outcome", ShortName(error.billing_outcome()));
  if (error.http_status() != 0) add("http_status", std::to_string(error.http_status()));
  add("error_type", error.error_type());
  add("availability_code", error.availability().code());
  add("provider_name", MetadataText(error, "provider_name"));
  add("model", ModelOf(failure));
  return info;
}

std::optional<google::rpc::RetryInfo> MakeRetry(const Failure& failure,
                                                std::optional<std::chrono::milliseconds> retry_delay) {
  if (!retry_delay || !IsFree(failure.error.billing_outcome())) return std::nullopt;
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

// The limit's name if the upstream gives none; empty when the row is not about a limit.
std::string_view LimitOf(Condition condition) {
  switch (condition) {
    case Condition::kHttp402Credits:
      return "openrouter_credits";
    case Condition::kHttp402KeyLimit:
      return "openrouter_key_limit";
    case Condition::kHttp402InFlight:
      return "openrouter_in_flight_budget";
    case Condition::kHttp403Budget:
      return "openrouter_budget";
    case Condition::kHttp429:
      return "openrouter_rate_limit";
    default:
      return {};
  }
}

std::optional<google::rpc::QuotaFailure> MakeQuota(const Failure& failure) {
  const ErrorRow& cause = *failure.cause;
  const std::string_view limit = LimitOf(cause.condition);
  if (limit.empty()) return std::nullopt;
  const std::string_view source = MetadataText(failure.error, "limit_source");
  std::string description(cause.what);
  const auto& fields = failure.error.metadata().fields();
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
  const ErrorRow& cause = *failure.cause;
  if (cause.condition != Condition::kHttp404 || model.empty()) return std::nullopt;
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("openrouter.ai/model");
  resource.set_resource_name(Clip(OneLine(model), kMaxDescription));
  resource.set_description(std::string(cause.what));
  return resource;
}

}  // namespace

StatusBuilder::StatusBuilder(const Failure& failure, const v1::CallReport& report,
                             std::optional<std::chrono::milliseconds> retry_delay)
    : code_(static_cast<int>(failure.code)), message_(OneLine(failure.message)), error_(failure.error) {
  *error_.mutable_call() = report;
  if (error_.http_status() == 0) error_.set_http_status(report.http_status());
  info_ = MakeInfo(failure, error_);
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

google::rpc::Status StatusBuilder::Pack() const {
  google::rpc::Status status;
  status.set_code(code_);
  // The advice is never cut, however long the rest is.
  const std::size_t left = kMaxMessageBytes - std::min(kMaxMessageBytes, error_.advice().size() + 2);
  status.set_message(fmt::format("{}. {}", Clip(message_, left), error_.advice()));
  status.add_details()->PackFrom(info_);
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

}  // namespace openrouter::images::errors
