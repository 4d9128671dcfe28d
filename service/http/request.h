#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace openrouter_images::http {

enum class Method { kGet, kPost };

// Which connection carries a request.
enum class ConnectionUse {
  // A kept-alive connection when one is idle, else a new one that is kept afterwards. If the idle one proves
  // dead before a byte of the reply, libcurl repeats a GET on its own, up to five times; a POST fails with
  // Fault::kRedispatch instead (Fault::kReset before its dispatch).
  kPooled,
  // A connection of its own, closed afterwards. For requests that cost money: nothing repeats them.
  kFresh,
};

// Durations are above zero.
struct Timeouts {
  // Name lookup, TCP and TLS together, until the request can go out.
  std::chrono::milliseconds connect{5'000};
  // From the dispatch to the first byte of the reply's body, or to the end of a reply without one; includes
  // sending the request's body. Interim replies (1xx) and a head do not end it: a server may send them long
  // before it has an answer. Unset: no limit but `attempt` and the deadline.
  std::optional<std::chrono::milliseconds> first_byte;
  // The longest silence once the reply's body has begun, not counting time in which the handler pauses the
  // transfer.
  std::chrono::milliseconds stall{60'000};
  // The whole transfer, in any phase. Unset: no limit but the deadline.
  std::optional<std::chrono::milliseconds> attempt;
};

struct Request {
  Method method = Method::kGet;
  // http or https, sent unchanged: no dot segments are removed, no characters escaped.
  std::string url;
  // "Name: value"; the value may be empty. Control characters are refused.
  std::vector<std::string> headers;
  // Sent by POST only, with its Content-Length; not copied. A POST without a body is refused: its head alone
  // would be the whole request, and nothing could hold it back until the dispatch.
  std::string body;
  // POST only: awaited once, on the client's loop, when the connection is ready (name lookup, TCP and TLS are
  // done) and before the first byte of the body leaves. True lets the body go; false ends the transfer with
  // Fault::kVetoed, an exception with Fault::kCallbackThrew, both before the dispatch. Unset: nothing is
  // awaited.
  //
  // The head may have left by then. That costs nothing: a head without a byte of the body that it announces
  // is no request that a server could carry out.
  //
  // The wait counts against the deadline, not against Timeouts::connect. When the transfer ends in the
  // meantime (deadline, cancellation, a reply that refuses the request), the step is cancelled with
  // cancellation_type::terminal. Client::Send returns only once the step has ended.
  std::function<boost::asio::awaitable<bool>()> before_dispatch;
  ConnectionUse connection = ConnectionUse::kPooled;
  Timeouts timeouts;
  // Limit of the whole transfer, in any phase.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

}  // namespace openrouter_images::http
