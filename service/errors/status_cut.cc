#include "service/errors/status_cut.h"

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
// More violations than this help nobody, and the loop below stays short.
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

bool Fits(const StatusDraft& draft) {
  const google::rpc::Status status = draft.Pack();
  return status.ByteSizeLong() + status.message().size() <= kMaxStatusBytes;
}

void ClipFlaggedInput(StatusDraft& draft) {
  if (!draft.error.has_metadata()) return;
  auto& fields = *draft.error.mutable_metadata()->mutable_fields();
  const auto found = fields.find("flagged_input");
  if (found != fields.end()) ClipStrings(found->second, kShort);
}

void ClipLongMetadata(StatusDraft& draft) {
  if (draft.error.has_metadata()) ClipStrings(*draft.error.mutable_metadata(), kLong);
}

void ClipMetadata(StatusDraft& draft) {
  if (draft.error.has_metadata()) ClipStrings(*draft.error.mutable_metadata(), kShort);
}

void DropOpenrouterMetadata(StatusDraft& draft) {
  draft.error.clear_openrouter_metadata();
}

void DropAdditionalFields(StatusDraft& draft) {
  draft.error.clear_additional_fields();
  if (draft.error.has_availability()) draft.error.mutable_availability()->clear_additional_fields();
}

void ShortenList(RepeatedPtrField<std::string>& list) {
  if (list.size() > kMaxListed) list.DeleteSubrange(kMaxListed, list.size() - kMaxListed);
  for (std::string& text : list) ClipField(&text, kShort);
}

void ShortenAvailability(StatusDraft& draft) {
  if (!draft.error.has_availability()) return;
  v1::Availability& availability = *draft.error.mutable_availability();
  ShortenList(*availability.mutable_affected_providers());
  ShortenList(*availability.mutable_excluded_by());
  ShortenList(*availability.mutable_requested_models());
  ShortenList(*availability.mutable_fallback_models());
  if (availability.has_code()) ClipField(availability.mutable_code(), kShort);
  if (availability.has_constraint()) ClipField(availability.mutable_constraint(), kShort);
  if (availability.has_docs_url()) ClipField(availability.mutable_docs_url(), kShort);
}

// Many small fields: what matters of them stands in ErrorInfo and QuotaFailure.
void DropMetadata(StatusDraft& draft) {
  draft.error.clear_metadata();
}

void ClipViolations(StatusDraft& draft) {
  if (!draft.bad_request) return;
  for (auto& violation : *draft.bad_request->mutable_field_violations()) {
    ClipField(violation.mutable_field(), 2 * kShort);
    ClipField(violation.mutable_description(), 2 * kShort);
  }
}

// Takes violations from the end, leaving the first and a note of how many went.
void CutViolations(StatusDraft& draft) {
  if (!draft.bad_request || draft.bad_request->field_violations_size() < 2) return;
  auto& violations = *draft.bad_request->mutable_field_violations();
  const int all = violations.size();
  for (int kept = std::min(all - 1, kMaxViolations); kept > 0; --kept) {
    violations.DeleteSubrange(kept, violations.size() - kept);
    violations.Add()->set_description(fmt::format("and {} more", all - kept));
    if (Fits(draft)) return;
  }
}

// What remains is one string each: with all of them short the status always fits.
void ClipTexts(StatusDraft& draft) {
  v1::ImagesError& error = draft.error;
  for (std::string* text :
       {error.mutable_code(), error.mutable_error_type(), error.mutable_param(), error.mutable_user_id(),
        error.mutable_call()->mutable_generation_id(), error.mutable_call()->mutable_request_id(),
        error.mutable_call()->mutable_cf_ray()}) {
    ClipField(text, kShort);
  }
  ClipField(error.mutable_message(), kLong);
}

void ClipStatusMessage(StatusDraft& draft) {
  ClipField(&draft.message, kLong);
}

// From the least useful on.
constexpr std::array kCuts = {
    ClipFlaggedInput,     ClipLongMetadata,    ClipMetadata,     DropOpenrouterMetadata,
    DropAdditionalFields, ShortenAvailability, DropMetadata,     ClipViolations,
    CutViolations,        ClipTexts,           ClipStatusMessage};

}  // namespace

google::rpc::Status StatusDraft::Pack() const {
  google::rpc::Status status;
  status.set_code(code);
  // The advice stays whole, whatever there is to tell.
  const std::size_t left = kMaxMessageBytes - std::min(kMaxMessageBytes, error.advice().size() + 2);
  status.set_message(fmt::format("{}. {}", Clip(message, left), error.advice()));
  status.add_details()->PackFrom(info);
  if (retry) status.add_details()->PackFrom(*retry);
  if (bad_request) status.add_details()->PackFrom(*bad_request);
  if (quota) status.add_details()->PackFrom(*quota);
  if (resource) status.add_details()->PackFrom(*resource);
  status.add_details()->PackFrom(error);
  return status;
}

void CutToFit(StatusDraft& draft) {
  if (Fits(draft)) return;
  draft.error.set_truncated(true);
  for (const auto cut : kCuts) {
    cut(draft);
    if (Fits(draft)) return;
  }
}

}  // namespace openrouter::images::errors
