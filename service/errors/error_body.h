#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string_view>

#include "openrouter_images/v1/errors.pb.h"

namespace openrouter_images::errors {

// Longest body of an error reply that is read, in bytes; a longer one is ignored.
inline constexpr std::size_t kMaxErrorBodyBytes = 64 * 1024;

// What an error reply's body says.
struct ErrorBody {
  // Whether the body is the upstream's own JSON error object, and whole. Only then does an error status say
  // that nothing was billed: a proxy that gave up sends something else.
  //
  // It is one when `error` is an object whose `message` is a text and that has, beside it, a `code` (number
  // or word), an `error_type` or an `http_status`, or whose parent has type "error", as an event of a stream
  // does.
  bool well_formed = false;

  // The status that the body itself names (http_status, else a numeric code); 0 when it names none.
  int status = 0;

  // The upstream's words: fields code to additional_fields; the others stay unset. Of a body that is not well
  // formed, what could be read: a short line of plain text is kept as the message, HTML and broken JSON are
  // not kept.
  v1::ImagesError error;
};

// Reads any body. `content_type` only decides whether text that is not JSON may be kept. Never fails; takes
// time and memory in proportion to kMaxErrorBodyBytes at most.
ErrorBody ParseErrorBody(std::string_view body, std::string_view content_type);

// The same for JSON that is parsed already, such as an event of a stream, with a max_depth of kMaxJsonDepth.
ErrorBody ReadErrorBody(const boost::json::value& body);

// The `error` of a document that reports one: an object or a non-empty string at the top. Null when there is
// none. Any reply may be such a document, with any HTTP status, and may hold the requested data as well:
// callers check it when data is missing.
const boost::json::value* ErrorIn(const boost::json::value& document);

}  // namespace openrouter_images::errors
