#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/http/client.h"
#include "tests/unit/http/peer.h"

namespace openrouter_images::http::testing {

// Keeps everything that a transfer delivers. The hooks run inside the callback, before it returns.
class Collector final : public ResponseHandler {
 public:
  void OnDispatch() override;
  void OnHead(const ResponseHead& head) override;
  Flow OnBody(std::string_view bytes) override;

  std::function<void()> on_dispatch = [] {};
  std::function<void()> on_head = [] {};
  // Decides on each piece; only what it continues with is kept.
  std::function<Flow(std::string_view)> on_body = [](std::string_view) { return Flow::kContinue; };

  int dispatches = 0;
  int heads = 0;
  int pieces = 0;
  ResponseHead head;
  std::string body;
};

// A client and its peers on one io_context, run by the test's own thread.
class ClientTest : public ::testing::Test {
 protected:
  Client& client();
  void DestroyClient();
  // Before the first use of client().
  ClientOptions options;

  Request Get(const std::string& url);
  // A paid request.
  Request Post(const std::string& url, std::string body = "{}");

  // A transfer in the background; result is set when Send has returned.
  struct Running {
    boost::asio::cancellation_signal cancel;
    std::optional<TransferResult> result;
  };
  std::unique_ptr<Running> Start(const Request& request, Collector& collector);

  // Runs the loop until `done`; fails the test when that takes more than 20 s.
  void RunUntil(const std::function<bool()>& done);
  // Runs the loop for this much real time.
  void LetTimePass(std::chrono::milliseconds length);
  TransferResult Send(const Request& request, Collector& collector);

  boost::asio::io_context context;

 private:
  std::unique_ptr<Client> client_;
};

// Descriptors that this process has open.
int OpenDescriptors();

}  // namespace openrouter_images::http::testing
