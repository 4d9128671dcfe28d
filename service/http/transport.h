#pragma once

#include <boost/asio/awaitable.hpp>

#include "service/http/request.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"

namespace openrouter::images::http {

// Carries out requests, one transfer each. Client does so over the network; tests script their own. Used on
// one event loop.
class Transport {
 public:
  // Runs one transfer. `request` and `handler` stay alive until it returns; afterwards nothing here refers to
  // them. A handler serves one transfer at a time. Cancelling the coroutine ends the transfer at once with
  // Fault::kCancelled (co_spawn passes on cancellation_type::terminal; to be open to `total` as well, the
  // caller's coroutine resets its cancellation state). A coroutine that was cancelled before sends nothing.
  virtual boost::asio::awaitable<TransferResult> Send(const Request& request, ResponseHandler& handler) = 0;

  // Lets the transfer of `handler` go on after Flow::kPause: OnBody is called from a later turn of the loop.
  // Does nothing when that transfer is not paused, and `handler` is not touched when it has no transfer.
  virtual void Resume(ResponseHandler& handler) = 0;

 protected:
  ~Transport() = default;
};

}  // namespace openrouter::images::http
