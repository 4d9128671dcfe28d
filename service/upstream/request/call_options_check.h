#pragma once

#include <span>
#include <string>

#include "openrouter/images/v1/call.pb.h"
#include "service/limits/violation.h"

namespace openrouter::images::upstream {

// Rules of call options that the limits at their fields cannot express: extra headers are on the operator's
// list, without regard to case, and each is given once; categories are words. Adds every violation, with the
// path from the request message ("options.headers"). Descriptions never quote the caller.
//
// To be called once limits::Check has found all lists and maps within their bounds. Not checked here:
// CallOptions.retry, which is the retry room's, and whether the caller may bring a key.
void CheckOptions(const v1::CallOptions& options, std::span<const std::string> allowed_headers,
                  limits::Violations& violations);

}  // namespace openrouter::images::upstream
