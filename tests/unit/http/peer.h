#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace openrouter_images::http::testing {

// One accepted connection, as the script of a Peer sees it. I/O errors end the script.
class PeerConnection {
 public:
  PeerConnection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                 std::vector<std::string>& requests, boost::asio::steady_timer& gate);

  // 0 for the first connection of the peer, 1 for the second, ...
  int index = 0;

  // Only for peers with TLS, before anything else.
  boost::asio::awaitable<void> Handshake();
  // Head of the next request; empty when the client has closed.
  boost::asio::awaitable<std::string> ReadHead();
  // Head and body (by Content-Length) of the next request; empty when the client has closed.
  boost::asio::awaitable<std::string> ReadRequest();
  // The next bytes, `count` of them.
  boost::asio::awaitable<std::string> ReadExactly(std::size_t count);
  boost::asio::awaitable<void> Write(std::string bytes);
  // Returns when the client has closed or reset the connection; what it sends before is thrown away.
  boost::asio::awaitable<void> WaitForClose();
  // Waits for Peer::OpenGate.
  boost::asio::awaitable<void> PassGate();
  // TLS close_notify. The connection stays open until Finish.
  boost::asio::awaitable<void> CloseNotify();
  // FIN, whatever arrives afterwards is still read by the kernel.
  void Finish();
  // RST.
  void Reset();

 private:
  boost::asio::awaitable<std::size_t> ReadSome(boost::asio::mutable_buffer buffer,
                                               boost::system::error_code& error);

  std::string unread_;
  std::vector<std::string>& requests_;
  boost::asio::steady_timer& gate_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
};

// A listener on a loopback port that runs a script for each connection, on the test's own io_context.
class Peer {
 public:
  using Script = std::function<boost::asio::awaitable<void>(PeerConnection&)>;

  // With `tls` the handshake is made before the script starts.
  Peer(boost::asio::io_context& context, Script script, boost::asio::ssl::context* tls = nullptr);
  // Refuses further connections; those that it has go on.
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::string Url(const std::string& path = "/", const std::string& host = "127.0.0.1") const;
  unsigned short port() const { return state_->acceptor.local_endpoint().port(); }
  int connections() const { return state_->connections; }
  // Connections whose script has ended.
  int finished() const { return state_->finished; }
  // Every complete request so far.
  const std::vector<std::string>& requests() const { return state_->requests; }
  int CountRequests(const std::string& method) const;
  // Lets scripts pass their gate, for good.
  void OpenGate();
  // Refuses connections from now on.
  void StopListening() { state_->acceptor.close(); }

 private:
  // Shared with the coroutines, which may end after the peer.
  struct State {
    explicit State(boost::asio::io_context& context);

    boost::asio::ip::tcp::acceptor acceptor;
    boost::asio::steady_timer gate;  // Open once it has expired.
    Script script;
    boost::asio::ssl::context* tls = nullptr;
    int connections = 0;
    int finished = 0;
    std::vector<std::string> requests;
  };

  static boost::asio::awaitable<void> Serve(boost::asio::ip::tcp::socket socket, int index,
                                            std::shared_ptr<State> state);
  static boost::asio::awaitable<void> Accept(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

// A complete reply with Content-Length.
std::string Reply(const std::string& body, const std::string& status = "200 OK");

// A script that reads one request, writes `reply` as it is and waits until the client closes the connection.
// An empty reply: the peer stays silent.
Peer::Script Answer(std::string reply);

}  // namespace openrouter_images::http::testing
