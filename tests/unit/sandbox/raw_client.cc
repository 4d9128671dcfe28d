#include "tests/unit/sandbox/raw_client.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace openrouter_images::sandbox {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

struct RawClient::Impl {
  asio::io_context io;
  beast::tcp_stream stream{io};
  beast::flat_buffer buffer;

  // Runs one asynchronous operation to its end; the stream's own timer ends it early.
  void Run() {
    io.restart();
    io.run();
  }
};

RawClient::RawClient(std::uint16_t port) : impl_(std::make_unique<Impl>()) {
  impl_->stream.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port));
}

RawClient::~RawClient() = default;

void RawClient::Send(std::string_view bytes) {
  // A server that ends the connection early makes the rest of the request unwritable; what it answered is
  // still readable.
  boost::system::error_code ignored;
  asio::write(impl_->stream.socket(), asio::buffer(bytes.data(), bytes.size()), ignored);
}

std::string RawClient::ReadToEnd(ReadEnd& end, std::chrono::milliseconds quiet) {
  std::string out(static_cast<const char*>(impl_->buffer.data().data()), impl_->buffer.size());
  std::array<char, 65536> part;
  for (bool more = true; more;) {
    impl_->stream.expires_after(quiet);
    impl_->stream.async_read_some(asio::buffer(part),
                                  [&](boost::system::error_code error, std::size_t count) {
                                    out.append(part.data(), count);
                                    more = !error;
                                    if (error == asio::error::eof) end = ReadEnd::kFin;
                                    if (error == asio::error::connection_reset) end = ReadEnd::kReset;
                                    if (error == beast::error::timeout) end = ReadEnd::kQuiet;
                                  });
    impl_->Run();
  }
  return out;
}

std::optional<HttpReply> RawClient::ReadReply() {
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::uint64_t{1} << 30);
  impl_->stream.expires_after(std::chrono::seconds(20));
  boost::system::error_code failed;
  http::async_read(impl_->stream, impl_->buffer, parser,
                   [&](boost::system::error_code error, std::size_t) { failed = error; });
  impl_->Run();
  if (failed) return std::nullopt;
  HttpReply reply;
  reply.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get())
    reply.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  reply.body = std::move(parser.get().body());
  return reply;
}

std::string RequestBytes(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view headers) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  out.append("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n").append(body);
  return out;
}

std::optional<HttpReply> Fetch(std::uint16_t port, std::string_view method, std::string_view target,
                               std::string_view body, std::string_view headers) {
  RawClient client(port);
  client.Send(RequestBytes(method, target, body, headers));
  return client.ReadReply();
}

std::optional<HttpReply> Generate(std::uint16_t port, std::string_view body) {
  return Fetch(port, "POST", "/api/v1/images", body);
}

}  // namespace openrouter_images::sandbox
