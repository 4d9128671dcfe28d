#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "openrouter_images/config/v1/config.pb.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/images_service.grpc.pb.h"
#include "service/sandbox/sandbox.h"
#include "service/server/server.h"
#include "service/telemetry/json_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_sink.h"

namespace openrouter_images::testing {

// How long a test waits for what happens at once on an idle machine.
inline constexpr std::chrono::seconds kSoon(20);

// The details of a status, taken apart.
struct Details {
  google::rpc::Status status;
  v1::ImagesError error;
  google::rpc::ErrorInfo info;
  std::optional<google::rpc::RetryInfo> retry;
  google::rpc::BadRequest bad_request;
  google::rpc::RequestInfo request;
};

// Fails the current test when the status has no details, or more than 4 KiB of them.
Details DetailsOf(const grpc::Status& status);

// The service's key in tests.
inline constexpr char kKey[] = "sk-or-v1-0123456789abcdef0123456789abcdef";

struct StackOptions {
  sandbox::Sandbox::Options sandbox{};
  // Changes the configuration, which is the default one but for addresses.
  std::function<void(config::v1::Config&)> configure = [](config::v1::Config&) {};
  // The service's key; nullopt: none.
  std::optional<std::string> api_key = kKey;
  // Where the upstream is, if not the sandbox.
  std::string base_url{};
};

// The whole service with a sandbox as its upstream, in this process, on free loopback ports, with a clock
// whose waits take no time. The log goes to memory.
class Stack {
 public:
  explicit Stack(StackOptions options = {});
  // Checks what must hold after every test: no key in the log.
  ~Stack();

  v1::ImagesService::Stub& stub() { return *stub_; }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  sandbox::Sandbox& sandbox() { return *sandbox_; }
  sandbox::Ledger& ledger() { return sandbox_->ledger(); }
  FakeClock& clock() { return clock_; }
  server::Server& server() { return *server_; }
  // Drains the server and closes the log, which is then complete.
  std::string StopAndReadLog();

 private:
  std::shared_ptr<MemorySink> log_text_;
  FakeClock clock_;
  std::optional<telemetry::JsonLog> log_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::unique_ptr<server::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ImagesService::Stub> stub_;
};

// A small image by a model that takes everything, or the model that is named.
v1::GenerateImagesRequest ImageRequest(const std::string& model = "sandbox/painter");

}  // namespace openrouter_images::testing
