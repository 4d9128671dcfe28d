#pragma once

#include <string>
#include <vector>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/images_service.pb.h"
#include "openrouter_images/v1/retry.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::rpc {

// Rules for requests, from the operator's configuration.
struct CheckRules {
  // Names of the HTTP headers that callers may add.
  std::vector<std::string> allowed_headers;
  // The options that a caller's retry options override. Every field is set.
  v1::RetryOptions generate_retry;
  v1::RetryOptions catalog_retry;
};

// What a check found.
struct CheckResult {
  // Every violation: of the limits at the request's fields, then of the rules between fields. Empty: the
  // request is valid. If a list, a map or a Struct is over its bound, the rules between fields are not
  // checked.
  limits::Violations violations;
  // The operator's retry options with the caller's on top: what a valid call uses. Every field is set.
  v1::RetryOptions retry;
};

CheckResult Check(const v1::GenerateImagesRequest& request, const CheckRules& rules);
CheckResult Check(const v1::StreamGenerateImagesRequest& request, const CheckRules& rules);
CheckResult Check(const v1::ListImageModelsRequest& request, const CheckRules& rules);
CheckResult Check(const v1::ListImageModelEndpointsRequest& request, const CheckRules& rules);

}  // namespace openrouter_images::rpc
