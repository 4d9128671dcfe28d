#pragma once

#include <string>
#include <string_view>

#include "service/limits/violation.h"

namespace openrouter_images::upstream {

// A model whose endpoints are asked for: an author, a slash, and a slug, which may contain slashes. Neither
// is empty, and no part between slashes is "." or "..", which servers and proxies resolve however they are
// encoded. `path` names the field. An empty model passes: its limit reports it.
void CheckModelPath(std::string_view model, std::string_view path, limits::Violations& violations);

// "/images/models/AUTHOR/SLUG/endpoints", each one segment, percent-encoded. The model must have passed
// CheckModelPath.
std::string EndpointsPath(std::string_view model);

}  // namespace openrouter_images::upstream
