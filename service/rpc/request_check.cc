#include "service/rpc/request_check.h"

#include <string_view>

#include "service/retry/retry_options.h"
#include "service/upstream/image_request_check.h"

namespace openrouter::images::rpc {
namespace {

using upstream::Violations;

void CheckCallOptions(const v1::CallOptions& options, const CheckRules& rules, const v1::RetryOptions& base,
                      Violations& violations) {
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
Violations CheckGeneration(const Request& request, const CheckRules& rules) {
  Violations violations;
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
  CheckCallOptions(request.options(), rules, rules.catalog_retry, violations);
  return violations;
}

Violations Check(const v1::ListImageModelEndpointsRequest& request, const CheckRules& rules) {
  Violations violations;
  upstream::CheckModel(request.model(), "model", violations);
  CheckCallOptions(request.options(), rules, rules.catalog_retry, violations);
  return violations;
}

}  // namespace openrouter::images::rpc
