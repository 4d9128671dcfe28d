#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "openrouter_images/v1/call.pb.h"

namespace openrouter_images::upstream {

// Header lines of a request, as the official SDK sends them: Accept, the bearer key (left out when empty),
// attribution, session, and the caller's extra headers, which replace none of the others.
std::vector<std::string> RequestHeaders(const v1::RequestOptions& options, std::string_view api_key,
                                        std::string_view accept);

}  // namespace openrouter_images::upstream
