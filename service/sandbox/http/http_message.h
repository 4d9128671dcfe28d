#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openrouter::images::sandbox {

// HTTP headers in wire order; names keep the spelling that was sent.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header called `name`, compared without case; nullopt when there is none.
std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name);

// Resolves %XX; what is not two hex digits behind a % stays as it is.
std::string DecodePercent(std::string_view text);

// A request whose head, and unless a fault cut it short whose body, has arrived.
struct HttpRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
};

// A piece of a streamed body, and how long the server rests before it sends the piece.
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

}  // namespace openrouter::images::sandbox
