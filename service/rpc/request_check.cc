#include "service/rpc/request_check.h"

#include "service/base/overlay.h"
#include "service/limits/check.h"
#include "service/retry/retry_options.h"
#include "service/upstream/request/call_options_check.h"
#include "service/upstream/request/image_request_check.h"

namespace openrouter::images::rpc {
namespace {

using limits::Violations;

void CheckCallOptions(const v1::CallOptions& options, const CheckRules& rules,
                      const v1::RetryOptions& operators, Violations& violations) {
  upstream::CheckOptions(options, rules.allowed_headers, violations);
  // Rules between two fields hold for what the call will use: the operator's settings with the caller's on
  // top.
  if (options.has_retry()) {
    retry::CheckRules(base::Overlay(operators, options.retry()), "options.retry", violations);
  }
}

template <typename Request>
Violations CheckGeneration(const Request& request, const CheckRules& rules) {
  Violations violations;
  if (!limits::Check(request, "", violations)) return violations;
  upstream::CheckImage(request.image(), violations);
  CheckCallOptions(request.options(), rules, rules.generate_retry, violations);
  return violations;
}

}  // namespace

Violations Check(const v1::GenerateImagesRequest& request, const CheckRules& rules) {
  return CheckGeneration(request, rules);
}

Violations Check(const v1::StreamGenerateImagesRequest& request, const CheckRules& rules) {
  return CheckGeneration(request, rules);
}

Violations Check(const v1::ListImageModelsRequest& request, const CheckRules& rules) {
  Violations violations;
  if (!limits::Check(request, "", violations)) return violations;
  CheckCallOptions(request.options(), rules, rules.catalog_retry, violations);
  return violations;
}

Violations Check(const v1::ListImageModelEndpointsRequest& request, const CheckRules& rules) {
  Violations violations;
  if (!limits::Check(request, "", violations)) return violations;
  upstream::CheckModel(request.model(), "model", violations);
  CheckCallOptions(request.options(), rules, rules.catalog_retry, violations);
  return violations;
}

}  // namespace openrouter::images::rpc
