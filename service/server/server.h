#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "openrouter/images/config/v1/config.pb.h"
#include "service/base/clock.h"
#include "service/sandbox/sandbox.h"
#include "service/telemetry/json_log.h"

namespace openrouter::images::server {

// What a server is given besides its configuration. Referenced objects outlive the server.
struct Dependencies {
  telemetry::JsonLog& log;
  base::Clock& clock;
  // The environment's OPENROUTER_API_KEY.
  std::optional<std::string> api_key;
};

// The whole service: its rooms put together, listening, with health service and reflection.
//
//   auto server = Server::Start(config, dependencies);
//   if (!server.ok()) return Complain(server.status());
//   WaitForSignal();
//   (*server)->Drain(std::chrono::minutes(3));
class Server {
 public:
  // `config` is effective: defaults filled in, validated. Fails with the reason when a file cannot be read,
  // an address cannot be bound, or the sandbox cannot start.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const config::v1::Config& config,
                                                       const Dependencies& dependencies);

  // Ends every call at once.
  ~Server();

  // Where callers connect: "HOST:PORT" with the port that was taken.
  const std::string& address() const { return address_; }

  // Null when the configuration does not ask for it.
  sandbox::Sandbox* sandbox() { return sandbox_.get(); }

  // Health turns to NOT_SERVING, new calls are refused, and calls at hand go on until they end or `grace` is
  // over; then they are ended with a status that says what is known of the money. Blocks meanwhile. The first
  // call counts.
  void Drain(std::chrono::milliseconds grace);

 private:
  struct Rooms;

  Server();

  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::unique_ptr<Rooms> rooms_;
  std::string address_;
};

}  // namespace openrouter::images::server
