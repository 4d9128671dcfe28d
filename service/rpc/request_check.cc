#include "service/rpc/request_check.h"

#include <string_view>

#include "service/retry/retry_options.h"
#include "service/upstream/request/image_request_check.h"

namespace openrouter::images::rpc {
namespace {

using errors::Violations;

void CheckCallOptions(const v1::CallOptions& options, const CheckRules& rules, const v1::RetryOptions& base,
                      errors::Violations& violations) {
  upstream::CheckOptions(options, rules.allowed_headers, violations);
  if (!options.has_retry()) return;
  // The limits between two fields hold for what the call will use: the operator's settings with the caller's
  // on top.
  retry::Validate(retry::Merge(base, options.retry()), "options.retry",
                  [&violations](std::string_view field, std::string_view description) {
                    violations.push_back({std::string(field), std::string(description)});
                  });
}

template <typename Request>
errors::Violations CheckGeneration(const Request& request, const CheckRules& rules) {
  errors::Violations violations;
  upstream::CheckImage(request.image(), violations);
  CheckCallOptions(request.options(), rules, rules.generate_retry, violations);
  return violations;
}

}  // namespace

errors::Violations Check(const v1::GenerateImagesRequest& request, const CheckRules& rules) {
  return CheckGeneration(request, rules);
}

errors::Violations Check(const v1::StreamGenerateImagesRequest& request, const CheckRules& rules) {
  return CheckGeneration(request, rules);
}

errors::Violations Check(const v1::ListImageModelsRequest& request, const CheckRules& rules) {
  errors::Violations violations;
  CheckCallOptions(request.options(), rules, rules.catalog_retry, violations);
  return violations;
}

errors::Violations Check(const v1::ListImageModelEndpointsRequest& request, const CheckRules& rules) {
  errors::Violations violations;
  upstream::CheckModel(request.model(), "model", violations);
  CheckCallOptions(request.options(), rules, rules.catalog_retry, violations);
  return violations;
}

}  // namespace openrouter::images::rpc
