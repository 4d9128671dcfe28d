#pragma once

#include <span>
#include <string>
#include <string_view>

#include "openrouter/images/v1/call.pb.h"
#include "openrouter/images/v1/images_service.pb.h"
#include "service/errors/violation.h"

namespace openrouter::images::upstream {

// Local checks of a request, so that what can only be refused costs no round trip. Each appends every
// violation that it finds, with the path from the request message ("image.input_references[2].url"), and
// nothing when all is well. What a description or path quotes of the caller's is short, printable ASCII.
//
// The vocabularies belong to the upstream: a value that nobody knows passes. Not checked here:
// CallOptions.retry, which is the retry room's (append its violations to the same list), and whether the
// caller may bring a key.
//
//   Violations violations;
//   CheckImage(request.image(), violations);
//   CheckOptions(request.options(), config.allowed_headers, violations);
// The rules stated at ImageSpec's fields.
void CheckImage(const v1::ImageSpec& image, errors::Violations& violations);

// "author/slug", as ListImageModelEndpoints takes it; `path` names the field.
void CheckModel(std::string_view model, std::string_view path, errors::Violations& violations);

// Header names in `allowed_headers` are matched without regard to case.
void CheckOptions(const v1::CallOptions& options, std::span<const std::string> allowed_headers,
                  errors::Violations& violations);

}  // namespace openrouter::images::upstream
