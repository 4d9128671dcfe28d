#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openrouter_images::sandbox {

// HTTP headers in wire order; names keep the spelling that was sent.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header called `name`, compared without case; nullopt when there is none.
std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name);

// Decodes %XX; a % that two hex digits do not follow stays as it is.
std::string DecodePercent(std::string_view text);

// A request as received. The body is shorter than announced when a fault cut it.
struct HttpRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
};

// A piece of a streamed body, and the pause before it is sent.
struct BodyPart {
  std::string bytes;
  std::chrono::milliseconds pause{0};
};

// A reply before it is framed for the wire. `headers` hold neither Content-Length nor Transfer-Encoding:
// framing decides those. A reply with `parts` is streamed in chunks and `body` is not used.
struct HttpReply {
  int status = 200;
  Headers headers;
  std::string body;
  std::vector<BodyPart> parts;
};

}  // namespace openrouter_images::sandbox
