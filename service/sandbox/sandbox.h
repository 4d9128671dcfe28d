#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/ledger.h"

namespace openrouter_images::sandbox {

// An embedded stand-in for OpenRouter: a real HTTP/1.1 server on loopback that speaks its Images API, draws
// images, keeps a ledger of its requests and bills, and fails on demand. For a first try without a key, for
// development and for tests.
//
//   auto sandbox = Sandbox::Start({});
//   Call((*sandbox)->base_url());                            // http://127.0.0.1:PORT/api/v1
//   (*sandbox)->Script("status=429;retry-after=2");          // the next request fails
//   EXPECT_EQ((*sandbox)->ledger().complete_posts(), 1u);
//
// Operations: POST /api/v1/images, GET /api/v1/images/models, GET
// /api/v1/images/models/{author}/{slug}/endpoints. For tests: GET and DELETE /sandbox/ledger, POST (a fault
// script as a JSON object) and DELETE /sandbox/script. A model's name can be a fault script as well; their
// syntax is in faults/fault_script.h.
//
// Thread-safe. Owns its threads: one for I/O and one per core for drawing, at least two.
class Sandbox {
 public:
  struct Options {
    // 0: any free port. The address is always 127.0.0.1.
    std::uint16_t port = 0;

    // PEM texts. When set, the sandbox speaks TLS only.
    struct Tls {
      std::string certificate_chain;
      std::string private_key;
    };
    std::optional<Tls> tls;
    // Accepts every connection and then ignores it, as if the TLS handshake hung.
    bool stall_handshakes = false;

    // The key that generations need as a bearer token. Not set: any token is accepted. Catalog
    // operations need none.
    std::optional<std::string> api_key;

    // Minimum duration of a generation, before the drawing itself.
    std::chrono::milliseconds generation_time{0};
    // Clock of the reply's `created`.
    std::function<std::chrono::system_clock::time_point()> now = [] {
      return std::chrono::system_clock::now();
    };
  };

  // Listens when it returns. INVALID_ARGUMENT: certificate or key cannot be used; UNAVAILABLE: the port
  // cannot be bound.
  static absl::StatusOr<std::unique_ptr<Sandbox>> Start(Options options);

  // Drops all connections at once, generations in progress included, and joins the threads.
  virtual ~Sandbox() = default;

  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Without a slash at its end. With TLS the host is "localhost".
  virtual std::string base_url() const = 0;
  virtual std::uint16_t port() const = 0;
  virtual Ledger& ledger() = 0;

  // Queues a fault for the next `times` requests of its route (default 1). Requests take them in the order
  // queued.
  virtual void Script(FaultScript fault) = 0;
  // The same in textual form; false, and nothing queued, when the text is not a fault script.
  virtual bool Script(std::string_view text) = 0;
  // Drops the queue, and resets the counts of faults that models name.
  virtual void ClearScript() = 0;

 protected:
  Sandbox() = default;
};

}  // namespace openrouter_images::sandbox
