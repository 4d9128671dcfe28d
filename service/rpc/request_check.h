#pragma once

#include <string>
#include <vector>

#include "openrouter/images/v1/catalog.pb.h"
#include "openrouter/images/v1/images_service.pb.h"
#include "openrouter/images/v1/retry.pb.h"
#include "service/limits/violation.h"

namespace openrouter::images::rpc {

// What requests are held against; the operator's choice.
struct CheckRules {
  // Names of the HTTP headers that callers may add.
  std::vector<std::string> allowed_headers;
  // What a caller's retry options override; complete.
  v1::RetryOptions generate_retry;
  v1::RetryOptions catalog_retry;
};

// Every violation in a request: of the limits at its fields, then of the rules between fields; empty when it
// may go ahead. Once a list, a map or a Struct is over its bound, the rules between fields are left out.
limits::Violations Check(const v1::GenerateImagesRequest& request, const CheckRules& rules);
limits::Violations Check(const v1::StreamGenerateImagesRequest& request, const CheckRules& rules);
limits::Violations Check(const v1::ListImageModelsRequest& request, const CheckRules& rules);
limits::Violations Check(const v1::ListImageModelEndpointsRequest& request, const CheckRules& rules);

}  // namespace openrouter::images::rpc
