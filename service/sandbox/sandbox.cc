#include "service/sandbox/sandbox.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stop_token>
#include <thread>
#include <utility>

#include "service/sandbox/api/api.h"
#include "service/sandbox/faults/fault_book.h"
#include "service/sandbox/wire/connection.h"

namespace openrouter_images::sandbox {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kUse = asio::as_tuple(asio::use_awaitable);

class Server final : public Sandbox {
 public:
  explicit Server(const Options& options)
      : tls_enabled_(options.tls.has_value()),
        stall_handshakes_(options.stall_handshakes),
        api_({options.api_key, options.now, options.generation_time}, ledger_, faults_),
        tls_(asio::ssl::context::tls_server),
        painters_(std::max(2u, std::thread::hardware_concurrency())),
        context_{api_, ledger_, faults_, painters_, stop_.get_token()},
        acceptor_(io_) {}

  ~Server() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    // Lets the current image finish and begins no other.
    stop_.request_stop();
    painters_.stop();
    painters_.join();
  }

  absl::Status Listen(const Options& options) {
    boost::system::error_code error;
    if (options.tls) {
      tls_.use_certificate_chain(asio::buffer(options.tls->certificate_chain), error);
      if (!error)
        tls_.use_private_key(asio::buffer(options.tls->private_key), asio::ssl::context::pem, error);
      if (error)
        return absl::InvalidArgumentError(absl::StrCat("sandbox: TLS certificate or key: ", error.message()));
    }
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error)
      return absl::UnavailableError(
          absl::StrCat("sandbox: cannot listen on port ", options.port, ": ", error.message()));
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  std::string base_url() const override {
    return absl::StrCat(tls_enabled_ ? "https://localhost:" : "http://127.0.0.1:", port_, "/api/v1");
  }
  std::uint16_t port() const override { return port_; }
  Ledger& ledger() override { return ledger_; }
  void Script(FaultScript fault) override { faults_.Queue(std::move(fault), "scripted"); }
  bool Script(std::string_view text) override {
    auto fault = ParseFaultScript(text);
    if (!fault.ok()) return false;
    faults_.Queue(*std::move(fault), std::string(text));
    return true;
  }
  void ClearScript() override { faults_.Clear(); }

 private:
  asio::awaitable<void> Accept() {
    for (std::uint64_t id = 1;; ++id) {
      auto [error, socket] = co_await acceptor_.async_accept(kUse);
      if (error) {
        // Out of descriptors, or the peer is already gone: later connections may succeed.
        asio::steady_timer timer(io_, std::chrono::milliseconds(10));
        co_await timer.async_wait(kUse);
        continue;
      }
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      const bool stall = stall_handshakes_ || faults_.TakeTlsStall();
      asio::co_spawn(io_,
                     stall          ? Stall(std::move(socket))
                     : tls_enabled_ ? ServeTls(std::move(socket), tls_, context_, id)
                                    : ServeTcp(std::move(socket), context_, id),
                     asio::detached);
    }
  }

  const bool tls_enabled_;
  const bool stall_handshakes_;
  std::uint16_t port_ = 0;
  Ledger ledger_;
  FaultBook faults_;
  Api api_;
  asio::ssl::context tls_;
  std::stop_source stop_;
  // Destroyed in reverse: unfinished work of the painters holds connections, and those belong to the I/O
  // context.
  asio::io_context io_{1};
  asio::thread_pool painters_;
  ConnectionContext context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): the header's promise.
absl::StatusOr<std::unique_ptr<Sandbox>> Sandbox::Start(Options options) {
  auto server = std::make_unique<Server>(options);
  if (absl::Status status = server->Listen(options); !status.ok()) return status;
  return server;
}

}  // namespace openrouter_images::sandbox
