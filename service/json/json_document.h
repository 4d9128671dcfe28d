#pragma once

#include <absl/status/statusor.h>

#include <boost/json/value.hpp>
#include <string_view>

namespace openrouter_images::json {

// Parses a whole body: what JsonRepairer makes of it, strictly. What follows a complete object or array is
// ignored; of a key that comes twice the last value counts. INVALID_ARGUMENT when it is not JSON; the message
// quotes nothing of the body. For small bodies: replies with images go through ImageReplyReader.
absl::StatusOr<boost::json::value> ParseDocument(std::string_view body);

}  // namespace openrouter_images::json
