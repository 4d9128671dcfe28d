// The cuts of StatusBuilder.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "service/errors/status_builder.h"
#include "service/errors/text.h"

namespace openrouter::images::errors {
namespace {

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

void StatusBuilder::ClipFlaggedInput() {
  if (!error_.has_metadata()) return;
  auto& fields = *error_.mutable_metadata()->mutable_fields();
  const auto found = fields.find("flagged_input");
  if (found != fields.end()) ClipStrings(found->second, kShort);
}

void StatusBuilder::ClipLongMetadata() {
  if (error_.has_metadata()) ClipStrings(*error_.mutable_metadata(), kLong);
}

void StatusBuilder::ClipMetadata() {
  if (error_.has_metadata()) ClipStrings(*error_.mutable_metadata(), kShort);
}

void StatusBuilder::DropOpenrouterMetadata() {
  error_.clear_openrouter_metadata();
}

void StatusBuilder::DropAdditionalFields() {
  error_.clear_additional_fields();
  if (error_.has_availability()) error_.mutable_availability()->clear_additional_fields();
}

void StatusBuilder::ShortenAvailability() {
  if (!error_.has_availability()) return;
  v1::Availability& availability = *error_.mutable_availability();
  ShortenList(*availability.mutable_affected_providers());
  ShortenList(*availability.mutable_excluded_by());
  ShortenList(*availability.mutable_requested_models());
  ShortenList(*availability.mutable_fallback_models());
  if (availability.has_code()) ClipField(availability.mutable_code(), kShort);
  if (availability.has_constraint()) ClipField(availability.mutable_constraint(), kShort);
  if (availability.has_docs_url()) ClipField(availability.mutable_docs_url(), kShort);
}

// Its main values are in ErrorInfo and QuotaFailure as well.
void StatusBuilder::DropMetadata() {
  error_.clear_metadata();
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
  v1::ImagesError& error = error_;
  for (std::string* text :
       {error.mutable_code(), error.mutable_error_type(), error.mutable_param(), error.mutable_user_id(),
        error.mutable_call()->mutable_generation_id(), error.mutable_call()->mutable_request_id(),
        error.mutable_call()->mutable_cf_ray()}) {
    ClipField(text, kShort);
  }
  ClipField(error.mutable_message(), kLong);
}

void StatusBuilder::ClipMessage() {
  ClipField(&message_, kLong);
}

void StatusBuilder::CutToFit() {
  static constexpr std::array kCuts = {
      &StatusBuilder::ClipFlaggedInput,     &StatusBuilder::ClipLongMetadata,
      &StatusBuilder::ClipMetadata,         &StatusBuilder::DropOpenrouterMetadata,
      &StatusBuilder::DropAdditionalFields, &StatusBuilder::ShortenAvailability,
      &StatusBuilder::DropMetadata,         &StatusBuilder::ClipViolations,
      &StatusBuilder::CutViolations,        &StatusBuilder::ClipTexts,
      &StatusBuilder::ClipMessage};
  for (const auto cut : kCuts) {
    (this->*cut)();
    if (Fits()) return;
  }
}

}  // namespace openrouter::images::errors
