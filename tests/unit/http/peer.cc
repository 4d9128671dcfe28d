#include "tests/unit/http/peer.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <utility>

namespace openrouter_images::http::testing {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

std::size_t ContentLength(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string name = "\r\ncontent-length:";
  const std::size_t at = head.find(name);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

}  // namespace

PeerConnection::PeerConnection(tcp::socket socket, asio::ssl::context* tls,
                               std::vector<std::string>& requests, asio::steady_timer& gate)
    : requests_(requests), gate_(gate), socket_(std::move(socket)) {
  if (tls != nullptr) tls_.emplace(socket_, *tls);
}

asio::awaitable<void> PeerConnection::Handshake() {
  co_await tls_->async_handshake(asio::ssl::stream_base::server, use_awaitable);
}

asio::awaitable<std::size_t> PeerConnection::ReadSome(asio::mutable_buffer buffer,
                                                      boost::system::error_code& error) {
  if (tls_) co_return co_await tls_->async_read_some(buffer, asio::redirect_error(use_awaitable, error));
  co_return co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, error));
}

asio::awaitable<std::string> PeerConnection::ReadExactly(std::size_t count) {
  std::string chunk(kReadBytes, '\0');
  while (unread_.size() < count) {
    boost::system::error_code error;
    const std::size_t got = co_await ReadSome(asio::buffer(chunk), error);
    if (error) throw boost::system::system_error(error);
    unread_.append(chunk, 0, got);
  }
  std::string taken = unread_.substr(0, count);
  unread_.erase(0, count);
  co_return taken;
}

asio::awaitable<std::string> PeerConnection::ReadHead() {
  std::string chunk(kReadBytes, '\0');
  std::size_t head_end = std::string::npos;
  while ((head_end = unread_.find("\r\n\r\n")) == std::string::npos) {
    boost::system::error_code error;
    const std::size_t got = co_await ReadSome(asio::buffer(chunk), error);
    if (error) co_return std::string();
    unread_.append(chunk, 0, got);
  }
  co_return co_await ReadExactly(head_end + 4);
}

asio::awaitable<std::string> PeerConnection::ReadRequest() {
  std::string request = co_await ReadHead();
  if (request.empty()) co_return request;
  request += co_await ReadExactly(ContentLength(request));
  requests_.push_back(request);
  co_return request;
}

asio::awaitable<void> PeerConnection::Write(std::string bytes) {
  if (tls_) {
    co_await asio::async_write(*tls_, asio::buffer(bytes), use_awaitable);
  } else {
    co_await asio::async_write(socket_, asio::buffer(bytes), use_awaitable);
  }
}

asio::awaitable<void> PeerConnection::WaitForClose() {
  std::array<char, 4096> waste;
  boost::system::error_code error;
  while (!error)
    co_await socket_.async_read_some(asio::buffer(waste), asio::redirect_error(use_awaitable, error));
}

asio::awaitable<void> PeerConnection::PassGate() {
  while (gate_.expiry() > asio::steady_timer::clock_type::now()) {
    boost::system::error_code ignored;
    co_await gate_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }
}

asio::awaitable<void> PeerConnection::CloseNotify() {
  // Sends the alert and then waits for the client's, which comes or not.
  boost::system::error_code ignored;
  co_await tls_->async_shutdown(asio::redirect_error(use_awaitable, ignored));
}

void PeerConnection::Finish() {
  socket_.shutdown(tcp::socket::shutdown_send);
}

void PeerConnection::Reset() {
  socket_.set_option(asio::socket_base::linger(true, 0));
  socket_.close();
}

Peer::State::State(asio::io_context& context)
    : acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), gate(context) {}

Peer::Peer(asio::io_context& context, Script script, asio::ssl::context* tls)
    : state_(std::make_shared<State>(context)) {
  state_->gate.expires_at(asio::steady_timer::time_point::max());
  state_->script = std::move(script);
  state_->tls = tls;
  asio::co_spawn(context, Accept(state_), asio::detached);
}

Peer::~Peer() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
}

std::string Peer::Url(const std::string& path, const std::string& host) const {
  return (state_->tls != nullptr ? "https://" : "http://") + host + ":" + std::to_string(port()) + path;
}

void Peer::OpenGate() {
  state_->gate.expires_at(asio::steady_timer::time_point::min());
}

int Peer::CountRequests(const std::string& method) const {
  return static_cast<int>(std::count_if(state_->requests.begin(), state_->requests.end(),
                                        [&](const std::string& r) { return r.starts_with(method + " "); }));
}

asio::awaitable<void> Peer::Accept(std::shared_ptr<State> state) {
  const auto executor = state->acceptor.get_executor();
  for (;;) {
    boost::system::error_code error;
    tcp::socket socket = co_await state->acceptor.async_accept(asio::redirect_error(use_awaitable, error));
    if (error) co_return;
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(executor, Serve(std::move(socket), state->connections++, state), asio::detached);
  }
}

asio::awaitable<void> Peer::Serve(tcp::socket socket, int index, std::shared_ptr<State> state) {
  PeerConnection connection(std::move(socket), state->tls, state->requests, state->gate);
  connection.index = index;
  try {
    if (state->tls != nullptr) co_await connection.Handshake();
    co_await state->script(connection);
  } catch (const boost::system::system_error&) {
    // The client closed first; what it saw is what the test looks at.
  }
  ++state->finished;
}

std::string Reply(const std::string& body, const std::string& status) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Peer::Script Answer(std::string reply) {
  return [reply = std::move(reply)](PeerConnection& connection) -> asio::awaitable<void> {
    co_await connection.ReadRequest();
    co_await connection.Write(reply);
    co_await connection.WaitForClose();
  };
}

}  // namespace openrouter_images::http::testing
