#pragma once

#include <span>
#include <string>
#include <string_view>

#include "openrouter_images/v1/call.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::upstream {

// Rules of call options that the limits at their fields cannot express: each extra header must be on the
// operator's list, ignoring case, and given once; categories must be words. Adds every violation, with the
// path from the request message ("options.headers"). Descriptions never quote the caller.
//
// To be called once limits::Check has found all lists and maps within their bounds. Not checked here:
// RequestOptions.retry (see retry::CheckRules), and whether the caller may bring a key.
void CheckOptions(const v1::RequestOptions& options, std::span<const std::string> allowed_headers,
                  limits::Violations& violations);

// The part of it for an attribution alone, with the path of `attribution` itself.
void CheckAttribution(const v1::Attribution& attribution, std::string_view path,
                      limits::Violations& violations);

}  // namespace openrouter_images::upstream
