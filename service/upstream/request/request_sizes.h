#pragma once

#include <cstddef>

#include "openrouter/images/v1/images_service.pb.h"
#include "service/errors/violation.h"

namespace openrouter::images::upstream {

// All values inside the Structs of a request, those inside one another included.
inline constexpr std::size_t kMaxStructValues = 4096;

// Bounds on what a request holds besides its prompt and pictures: millions of tiny values fit into a message
// of some MiB and would keep every further check busy. Adds the violations, with paths from the request
// message, and says whether there were none. Takes time in proportion to the bounds, not to the request.
// Model, session id and references have rules elsewhere.
bool CheckSizes(const v1::ImageSpec& image, errors::Violations& violations);

}  // namespace openrouter::images::upstream
