#pragma once

#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>

#include "service/limits/violation.h"

namespace openrouter_images::rpc {

// Request metadata that holds an OpenRouter API key of the caller's own.
inline constexpr char kCallerKeyMetadata[] = "openrouter-api-key";

// The caller's own key in the metadata of a call; empty when there is none. Adds a violation, which never
// quotes it, when there are several, or when it cannot be a key (credentials::KeyDefect).
std::string CallerKey(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
                      limits::Violations& violations);

}  // namespace openrouter_images::rpc
