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

namespace openrouter::images::sandbox {

// An image provider in a box: a real HTTP/1.1 server on loopback that speaks OpenRouter's Images API, draws
// real pictures, keeps a ledger of what it was asked for and billed, and fails on demand. For a first try
// without a key, for development and for tests.
//
//   auto sandbox = Sandbox::Start({});
//   Call((*sandbox)->base_url());                            // http://127.0.0.1:PORT/api/v1
//   (*sandbox)->Script("status=429;retry-after=2");          // the next request fails
//   EXPECT_EQ((*sandbox)->ledger().complete_posts(), 1u);
//
// Operations: POST /api/v1/images, GET /api/v1/images/models, GET
// /api/v1/images/models/{author}/{slug}/endpoints. Of its own: GET and DELETE /sandbox/ledger, POST (a fault
// as a JSON object) and DELETE /sandbox/script. Faults are also reached by the model's name, see faults/fault_script.h.
//
// Thread-safe. Owns its threads: one for I/O, and as many as there are cores for drawing.
class Sandbox {
 public:
  struct Options {
    // 0: any free port. The address is always 127.0.0.1.
    std::uint16_t port = 0;

    // PEM texts; with them the sandbox speaks TLS alone.
    struct Tls {
      std::string certificate_chain;
      std::string private_key;
    };
    std::optional<Tls> tls;
    // Every connection is accepted and then ignored, as if the TLS handshake hung.
    bool stall_handshakes = false;

    // The key that generations need as a bearer token. Not set: any token will do. Catalog operations need
    // none.
    std::optional<std::string> api_key;

    // How long a generation takes at least, before the drawing itself.
    std::chrono::milliseconds generation_time{0};
    // For the reply's `created`.
    std::function<std::chrono::system_clock::time_point()> now = [] {
      return std::chrono::system_clock::now();
    };
  };

  // Listens when it returns. INVALID_ARGUMENT: certificate or key cannot be used; UNAVAILABLE: the port
  // cannot be had.
  static absl::StatusOr<std::unique_ptr<Sandbox>> Start(Options options);

  // Drops all connections at once, generations in progress included, and joins the threads.
  virtual ~Sandbox() = default;

  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Without a slash at its end. With TLS the host is "localhost".
  virtual std::string base_url() const = 0;
  virtual std::uint16_t port() const = 0;
  virtual Ledger& ledger() = 0;

  // Queues a fault for the next `times` requests of its route (1 when not set). Faults are taken in the order
  // queued.
  virtual void Script(Fault fault) = 0;
  // The same in textual form; false when the text is not a fault.
  virtual bool Script(std::string_view text) = 0;
  // Forgets queued faults, and how often each fault named by a model was met.
  virtual void ClearScript() = 0;

 protected:
  Sandbox() = default;
};

}  // namespace openrouter::images::sandbox
