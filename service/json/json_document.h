#pragma once

#include <absl/status/statusor.h>

#include <boost/json/value.hpp>
#include <string_view>

namespace openrouter_images::json {

// Parses a whole body, strictly (RFC 8259, UTF-8, at most kMaxJsonDepth levels). INVALID_ARGUMENT when it is
// not JSON; the message quotes nothing of the body. For small bodies: replies with images go through
// ImageReplyReader.
absl::StatusOr<boost::json::value> ParseDocument(std::string_view body);

}  // namespace openrouter_images::json
