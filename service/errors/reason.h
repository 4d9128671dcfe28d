#pragma once

#include <string_view>

#include "openrouter_images/v1/error_reason.pb.h"

namespace openrouter_images::errors {

// ErrorInfo.domain.
inline constexpr std::string_view kErrorDomain = "openrouter_images.v1";

// The word of a reason, as in google.rpc.ErrorInfo and in logs: "RATE_LIMIT". Static; empty for UNSPECIFIED
// and for numbers that the contract does not know.
std::string_view ReasonName(v1::ErrorReason reason);

}  // namespace openrouter_images::errors
