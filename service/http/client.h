#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "service/http/request.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"
#include "service/http/transport.h"

namespace openrouter::images::http {

struct ClientOptions {
  std::string ca_bundle = "/etc/ssl/certs/ca-certificates.crt";
  // A proxy's URL; empty: none. The environment's proxy variables are never read.
  std::string proxy;
  std::string user_agent;
  // Connections that the pool holds, those in use included; the oldest idle ones beyond it are closed.
  long max_pooled_connections = 64;
  // The receive buffer of one transfer: 1 KiB to 10 MiB. Large ones save system calls on pictures.
  long buffer_bytes = 256 * 1024;
  std::size_t max_head_bytes = 64 * 1024;
  // "host:port:address": answers that take the place of a name lookup.
  std::vector<std::string> resolve;
};

// HTTP/1.1 client of one event loop. Every member is called on the loop's thread only, the destructor too
// unless the loop has stopped. Follows no redirect, keeps no cookie, decodes no content encoding.
//
//   asio::awaitable<void> Fetch(Client& client) {
//     Collector collector;  // a ResponseHandler
//     Request request;
//     request.url = "https://example.com/";
//     const TransferResult result = co_await client.Send(request, collector);
//   }
class Client final : public Transport {
 public:
  // Throws std::runtime_error when the libcurl at hand would block on name lookups.
  Client(boost::asio::io_context& context, ClientOptions options);
  // Ends the transfers at hand without another callback. Coroutines that wait in Send stay suspended until
  // the io_context is destroyed, which may be later.
  ~Client() override;

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Runs one transfer. `request` and `handler` stay alive until it returns; afterwards nothing here refers to
  // them. A handler serves one transfer at a time. Cancelling the coroutine ends the transfer at once with
  // Fault::kCancelled (co_spawn passes on cancellation_type::terminal; to be open to `total` as well, the
  // caller's coroutine resets its cancellation state). A coroutine that was cancelled before sends nothing.
  boost::asio::awaitable<TransferResult> Send(const Request& request, ResponseHandler& handler) override;

  // Lets the transfer of `handler` go on after Flow::kPause: OnBody is called from a later turn of the loop.
  // Does nothing when that transfer is not paused, and `handler` is not touched when it has no transfer.
  void Resume(ResponseHandler& handler) override;

  // Transfers that have not returned yet.
  std::size_t active_transfers() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace openrouter::images::http
