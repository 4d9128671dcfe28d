#pragma once

#include <boost/asio/awaitable.hpp>

#include "service/http/request.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"

namespace openrouter_images::http {

// Carries out requests, one transfer each. Client does so over the network; tests have scripted ones. Used on
// one event loop.
class Transport {
 public:
  // Runs one transfer. `request` and `handler` must live until it returns; they are not used afterwards. A
  // handler serves one transfer at a time. Cancelling the coroutine ends the transfer at once with
  // Fault::kCancelled (by default co_spawn passes on cancellation_type::terminal only; for `total`, the
  // caller's coroutine resets its cancellation state). If it was cancelled earlier, nothing is sent.
  virtual boost::asio::awaitable<TransferResult> Send(const Request& request, ResponseHandler& handler) = 0;

  // Resumes the transfer of `handler` after Flow::kPause: OnBody is called from a later turn of the loop.
  // Does nothing when that transfer is not paused, and `handler` is not touched when it has no transfer.
  virtual void Resume(ResponseHandler& handler) = 0;

 protected:
  ~Transport() = default;
};

}  // namespace openrouter_images::http
