#pragma once

#include <absl/status/statusor.h>

#include <boost/json/value.hpp>
#include <string_view>

namespace openrouter::images::json {

// Parses a whole body, strictly (RFC 8259, UTF-8, at most kMaxJsonDepth levels). INVALID_ARGUMENT when it is
// not JSON; the message quotes nothing of the body. For small bodies: a reply with pictures goes through
// ImageReplyReader.
absl::StatusOr<boost::json::value> ParseDocument(std::string_view body);

// The `error` of a document that reports one: an object or a non-empty string at the top. Null when there is
// none. Any reply may be such a document, whatever its HTTP status. A document may hold what was asked for
// and an error too; callers look here when something is missing.
const boost::json::value* ErrorIn(const boost::json::value& document);

}  // namespace openrouter::images::json
