#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <stop_token>

#include "service/sandbox/api/api.h"
#include "service/sandbox/faults/fault_book.h"
#include "service/sandbox/ledger.h"

namespace openrouter_images::sandbox {

// Shared by all connections; must outlive them.
struct ConnectionContext {
  Api& api;
  Ledger& ledger;
  FaultBook& faults;
  // Threads that draw images.
  boost::asio::thread_pool& painters;
  // Ends generations early, between two images.
  std::stop_token stop;
};

// Serves one connection until either side ends it: one request at a time, with keep-alive. A generation goes
// on when its client disconnects, and is billed: providers do the same. `id` identifies the connection in the
// ledger.
boost::asio::awaitable<void> ServeTcp(boost::asio::ip::tcp::socket socket, ConnectionContext& context,
                                      std::uint64_t id);
// The same after a TLS handshake.
boost::asio::awaitable<void> ServeTls(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls,
                                      ConnectionContext& context, std::uint64_t id);
// Reads and drops whatever arrives, and answers nothing, until the peer ends the connection.
boost::asio::awaitable<void> Stall(boost::asio::ip::tcp::socket socket);

}  // namespace openrouter_images::sandbox
