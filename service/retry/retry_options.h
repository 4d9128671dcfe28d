#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "openrouter/images/v1/retry.pb.h"

namespace openrouter::images::retry {

// The defaults that retry.proto documents; every field is set.
v1::RetryOptions DefaultGenerateRetries();
v1::RetryOptions DefaultCatalogRetries();

// `base` with the fields that `override` sets. A list of retry codes replaces the base's;
// STRATEGY_UNSPECIFIED counts as not set.
v1::RetryOptions Merge(const v1::RetryOptions& base, const v1::RetryOptions& override);

// Told of one violation: the path of the field ("options.retry.exponent") and what it must be.
using ViolationSink = absl::FunctionRef<void(std::string_view field, std::string_view description)>;

// Holds the fields that are set against the limits that retry.proto documents and reports every violation.
// `path` is the path of `options` itself. That max_interval is at least initial_interval is checked when both
// are set: so a caller's override is to be checked after Merge.
void Validate(const v1::RetryOptions& options, std::string_view path, ViolationSink sink);

}  // namespace openrouter::images::retry
