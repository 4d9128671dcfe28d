#pragma once

#include <boost/asio/awaitable.hpp>

#include "service/http/request.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"

namespace openrouter::images::http {

// Carries out requests.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual boost::asio::awaitable<TransferResult> Send(const Request& request, ResponseHandler& handler) = 0;
  virtual void Resume(ResponseHandler& handler) = 0;
};

}  // namespace openrouter::images::http
