#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "openrouter_images/config/v1/config.pb.h"
#include "service/base/clock.h"
#include "service/base/random.h"
#include "service/telemetry/call_observer.h"

namespace openrouter_images::server {

// What a server needs besides its configuration. Referenced objects outlive the server.
struct Dependencies {
  telemetry::CallObserverFactory& observers;
  base::Clock& clock;
  // For the ids of calls and the jitter of retries.
  base::RandomBits random;
  // The upstream key when the configuration names no file. Not set: only callers with a key of their own get
  // images.
  std::optional<std::string> api_key;
};

// The whole service: all rooms connected and listening, with health service and reflection.
//
//   auto server = Server::Start(config, dependencies);
//   if (!server.ok()) return Complain(server.status());
//   WaitForSignal();
//   (*server)->Drain(std::chrono::minutes(3));
class Server {
 public:
  // `config` is effective: defaults filled in, validated. `config.sandbox` is not read: to use a sandbox,
  // start it and set `config.upstream.base_url` to it. Fails with the reason when a file cannot be read or an
  // address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const config::v1::Config& config,
                                                       const Dependencies& dependencies);

  // Ends every call at once.
  ~Server();

  // Where callers connect: "HOST:PORT" with the bound port.
  const std::string& address() const { return address_; }

  // Health turns to NOT_SERVING, new calls are refused, and calls in progress continue until they end or
  // `grace` is over; then they are ended with a status that says whether money may have been spent. Blocks
  // meanwhile. The first call counts.
  void Drain(std::chrono::milliseconds grace);

 private:
  struct Rooms;

  Server();

  std::unique_ptr<Rooms> rooms_;
  std::string address_;
};

}  // namespace openrouter_images::server
