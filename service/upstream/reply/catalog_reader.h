#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "openrouter_images/v1/catalog.pb.h"

namespace openrouter_images::upstream {

// Read the bodies of the catalog's replies. Fields that the .proto lacks are kept in additional_fields at
// their own level, entries that are no objects in unreadable_models and unreadable_endpoints.
// INVALID_ARGUMENT says what is wrong or missing and quotes nothing of the body, which may then be an error
// object even with a status of 200 (see ParseErrorBody). `call` of the response is not set.

// {"data":[model, ...]}
absl::StatusOr<v1::ListImageModelsResponse> ReadModels(std::string_view body);

// {"id":"author/slug","endpoints":[endpoint, ...]}
absl::StatusOr<v1::ListImageModelEndpointsResponse> ReadEndpoints(std::string_view body);

}  // namespace openrouter_images::upstream
