#include "service/rpc/request_check.h"

#include <absl/strings/str_cat.h>

#include "service/base/overlay.h"
#include "service/limits/check.h"
#include "service/limits/wire_scan.h"
#include "service/retry/retry_options.h"
#include "service/rpc/wire.h"
#include "service/upstream/request/additional_fields.h"
#include "service/upstream/request/call_options_check.h"
#include "service/upstream/request/image_request_check.h"
#include "service/upstream/request/model_path.h"

namespace openrouter_images::rpc {
namespace {

using limits::AddViolation;
using limits::Violations;

// What the methods differ in: MoveContent moves values to where the limits are checked, CheckContent checks
// what the limits cannot express.

template <typename GenerationRequest>
void MoveContent(GenerationRequest& request, Violations& violations) {
  if (request.has_image()) upstream::MoveToFields(*request.mutable_image(), "image", violations);
}
void MoveContent(v1::ListImageModelsRequest&, Violations&) {}
void MoveContent(v1::ListImageModelEndpointsRequest&, Violations&) {}

template <typename GenerationRequest>
void CheckContent(const GenerationRequest& request, Violations& violations) {
  upstream::CheckImage(request.image(), violations);
  if (!request.request_id().empty()) {
    AddViolation("request_id", "is not served yet: repeating the call would pay again; leave it out",
                 violations);
  }
}
void CheckContent(const v1::ListImageModelsRequest&, Violations&) {}
void CheckContent(const v1::ListImageModelEndpointsRequest& request, Violations& violations) {
  upstream::CheckModelPath(request.model(), "model", violations);
}

// What the caller set, against what the operator permits.
void CheckCeilings(const v1::RetryOptions& callers, const v1::RetryOptions& operators,
                   const RetryCeilings& ceilings, Violations& violations) {
  if (callers.max_attempts() > ceilings.max_attempts) {
    AddViolation(
        "options.retry.max_attempts",
        absl::StrCat("the operator allows at most ", ceilings.max_attempts, " (retry.max_attempts_ceiling)"),
        violations);
  }
  // Calls of the catalog are free: the operator's own options repeat them.
  const bool asked = callers.retry_unknown_outcome() && !operators.retry_unknown_outcome();
  if (asked && !ceilings.unknown_outcome) {
    AddViolation("options.retry.retry_unknown_outcome",
                 "the operator does not allow it (retry.allow_retry_unknown_outcome)", violations);
  }
}

template <typename Request>
CheckResult CheckRequest(Request& request, const CheckRules& rules, const v1::RetryOptions& operators) {
  CheckResult result;
  MoveContent(request, result.violations);
  if (!limits::Check(request, "", result.violations)) return result;
  CheckContent(request, result.violations);
  upstream::CheckOptions(request.options(), rules.allowed_headers, result.violations);
  CheckCeilings(request.options().retry(), operators, rules.retry_ceilings, result.violations);
  // Rules between two fields apply to what the call uses, not to what the caller sent.
  result.retry = base::Overlay(operators, request.options().retry());
  if (request.options().has_retry()) retry::CheckRules(result.retry, "options.retry", result.violations);
  return result;
}

template <typename Request>
CheckResult ReadRequest(const grpc::ByteBuffer& bytes, const CheckRules& rules,
                        const v1::RetryOptions& operators, Request& request) {
  limits::WireScan found = Scan(bytes, *Request::descriptor());
  CheckResult result;
  if (found.excess.empty() && !found.complete) {
    result.malformed = true;
  } else if (!found.unknown_fields.empty() || !found.excess.empty()) {
    result.unknown_fields = std::move(found.unknown_fields);
    result.violations = std::move(found.excess);
  } else if (!Parse(bytes, request)) {
    result.malformed = true;
  } else {
    result = CheckRequest(request, rules, operators);
  }
  return result;
}

}  // namespace

CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules, v1::GenerateImagesRequest& request) {
  return ReadRequest(bytes, rules, rules.generate_retry, request);
}

CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules,
                 v1::StreamGenerateImagesRequest& request) {
  return ReadRequest(bytes, rules, rules.generate_retry, request);
}

CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules,
                 v1::ListImageModelsRequest& request) {
  return ReadRequest(bytes, rules, rules.catalog_retry, request);
}

CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules,
                 v1::ListImageModelEndpointsRequest& request) {
  return ReadRequest(bytes, rules, rules.catalog_retry, request);
}

}  // namespace openrouter_images::rpc
