#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "service/http/transport.h"

namespace openrouter_images::http {

struct ClientOptions {
  // Trusted certificates, PEM.
  std::string ca_bundle = "/etc/ssl/certs/ca-certificates.crt";
  // URL of a proxy; empty: none. The proxy variables of the environment are ignored.
  std::string proxy;
  // Empty: no such header.
  std::string user_agent;
  // Limit of the connections in the pool, those in use included. Above it, the oldest idle ones are closed.
  long max_pooled_connections = 64;
  // Receive buffer of one transfer, 1 KiB to 10 MiB. Large ones save system calls.
  long buffer_bytes = 256 * 1024;
  // Limit of all header lines of one reply together, those of interim replies and trailers included.
  std::size_t max_head_bytes = 64 * 1024;
  // "host:port:address": used instead of a name lookup.
  std::vector<std::string> resolve;
};

// HTTP/1.1 client of one event loop. All members are used on the loop's thread only; the destructor may run
// elsewhere once the loop has stopped. Follows no redirect, keeps no cookie, decodes no content encoding.
//
//   boost::asio::awaitable<void> Fetch(Client& client) {
//     Collector collector;  // a ResponseHandler
//     Request request;
//     request.url = "https://example.com/";
//     const TransferResult result = co_await client.Send(request, collector);
//   }
class Client final : public Transport {
 public:
  // Throws std::runtime_error if the linked libcurl blocks on name lookups.
  Client(boost::asio::io_context& context, ClientOptions options);
  // Ends running transfers without further callbacks. Coroutines that wait in Send stay suspended until the
  // io_context is destroyed, which may be later.
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  boost::asio::awaitable<TransferResult> Send(const Request& request, ResponseHandler& handler) override;
  void Resume(ResponseHandler& handler) override;

  // Transfers whose Send has not returned yet.
  std::size_t active_transfers() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace openrouter_images::http
