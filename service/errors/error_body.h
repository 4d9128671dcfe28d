#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "openrouter_images/v1/errors.pb.h"

namespace openrouter_images::errors {

// Most bytes of an error reply's body that are read; what follows them is as if it had been cut off.
inline constexpr std::size_t kMaxErrorBodyBytes = 2 * 1024 * 1024;

// The parts of a reply that tell of an error. Views of the reply.
struct Reply {
  int status = 0;
  // Headers Content-Type and x-generation-id; empty when not sent.
  std::string_view content_type;
  std::string_view generation_id;
  // At most kMaxErrorBodyBytes of it are needed.
  std::string_view body;
};

// What the body of a reply says.
struct ErrorBody {
  // Whether it reports an error: `error` is an object, or a text that is not empty.
  bool has_error = false;

  // Whether it is OpenRouter's own, by the traits in error_body.cc. Only then does a 5xx say that nothing was
  // billed: a proxy that gave up sends something else.
  bool is_own = false;

  // The error status (400 to 599) that the body names: by number, or by one of the upstream's words such as
  // "rate_limit_exceeded". 0 when it names none.
  int status = 0;

  // What was charged for the failed request, in USD (usage.cost); above zero.
  std::optional<double> cost;

  // The upstream's words, texts of at most a few hundred bytes. `http_status` is the reply's.
  v1::UpstreamError upstream;

  // For the status message: what the body says in one line; empty for markup and JSON without a message.
  std::string line;
};

// Reads any body. Never fails. Of JSON that is cut, broken or large the words that came count, as far as
// json::ReadPartial takes them.
ErrorBody ParseErrorBody(const Reply& reply);

// The same for JSON that is parsed already and was part of a success: an event of a stream, or a reply.
// Parsed with a max_depth of kMaxJsonDepth.
ErrorBody ReadErrorBody(const boost::json::value& document);

// The `error` of a document that reports one: an object or a non-empty string at the top. Null when there is
// none. Any reply may be such a document, with any HTTP status, and may hold the requested data as well:
// callers check it when data is missing.
const boost::json::value* ErrorIn(const boost::json::value& document);

}  // namespace openrouter_images::errors
