#include "service/rpc/request_check.h"

#include "service/base/overlay.h"
#include "service/limits/check.h"
#include "service/retry/retry_options.h"
#include "service/upstream/request/call_options_check.h"
#include "service/upstream/request/image_request_check.h"

namespace openrouter_images::rpc {
namespace {

// `check_content` adds the violations of the request's image or model.
template <typename Request, typename CheckContent>
CheckResult CheckRequest(const Request& request, const CheckRules& rules, const v1::RetryOptions& operators,
                         const CheckContent& check_content) {
  CheckResult result;
  if (!limits::Check(request, "", result.violations)) return result;
  check_content(result.violations);
  upstream::CheckOptions(request.options(), rules.allowed_headers, result.violations);
  // Rules between two fields apply to what the call uses, not to what the caller sent.
  result.retry = base::Overlay(operators, request.options().retry());
  if (request.options().has_retry()) retry::CheckRules(result.retry, "options.retry", result.violations);
  return result;
}

template <typename Request>
CheckResult CheckGeneration(const Request& request, const CheckRules& rules) {
  return CheckRequest(request, rules, rules.generate_retry, [&request](limits::Violations& violations) {
    upstream::CheckImage(request.image(), violations);
  });
}

}  // namespace

CheckResult Check(const v1::GenerateImagesRequest& request, const CheckRules& rules) {
  return CheckGeneration(request, rules);
}

CheckResult Check(const v1::StreamGenerateImagesRequest& request, const CheckRules& rules) {
  return CheckGeneration(request, rules);
}

CheckResult Check(const v1::ListImageModelsRequest& request, const CheckRules& rules) {
  return CheckRequest(request, rules, rules.catalog_retry, [](limits::Violations&) {});
}

CheckResult Check(const v1::ListImageModelEndpointsRequest& request, const CheckRules& rules) {
  return CheckRequest(request, rules, rules.catalog_retry, [&request](limits::Violations& violations) {
    upstream::CheckModel(request.model(), "model", violations);
  });
}

}  // namespace openrouter_images::rpc
