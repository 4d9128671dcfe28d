#pragma once

#include <string_view>

#include "openrouter_images/v1/retry.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::retry {

// The defaults that retry.proto documents; every field is set but attempt_timeout, which has none. A caller's
// options go onto them with base::Overlay.
v1::RetryOptions DefaultGenerateRetries();
v1::RetryOptions DefaultCatalogRetries();

// The rules that limits.proto cannot express: what a retry code is, and that max_interval is at least
// initial_interval (when both are set; so check a caller's options on top of the operator's). Adds a
// violation for each that is broken. `path` is the path of `options` itself. To be called once limits::Check
// has found the lists within their bounds.
void CheckRules(const v1::RetryOptions& options, std::string_view path, limits::Violations& violations);

}  // namespace openrouter_images::retry
