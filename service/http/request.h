#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace openrouter::images::http {

enum class Method { kGet, kPost };

// Which connection carries a request.
enum class ConnectionUse {
  // A kept-alive connection when one is idle, else a new one that is kept afterwards. Should the idle one
  // turn out
  // to be dead before a byte of reply, libcurl repeats a GET once or more on its own; a POST fails with
  // Fault::kRedispatch instead.
  kPooled,
  // A connection of its own, closed afterwards. For requests that cost money: nothing repeats them.
  kFresh,
};

// Durations are above zero and rounded up to a millisecond.
struct Timeouts {
  // Name lookup, TCP and TLS together, until the request can go out.
  std::chrono::milliseconds connect{5'000};
  // From the dispatch to the first byte of the reply's head; includes sending the body. Unset: only the
  // deadline.
  std::optional<std::chrono::milliseconds> first_byte;
  // The longest silence once the reply has begun. Time in which the handler keeps the transfer paused is not
  // counted.
  std::chrono::milliseconds stall{60'000};
};

struct Request {
  Method method = Method::kGet;
  // http or https, sent as it is: no dot segments are folded, no characters escaped.
  std::string url;
  // "Name: value". A header with an empty value is not sent. Control characters are refused.
  std::vector<std::string> headers;
  // Sent by POST only, with its Content-Length; not copied.
  std::string body;
  std::function<boost::asio::awaitable<bool>()> before_dispatch;
  ConnectionUse connection = ConnectionUse::kPooled;
  Timeouts timeouts;
  // The end of the whole transfer, whatever phase it is in.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

}  // namespace openrouter::images::http
