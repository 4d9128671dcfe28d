#include "service/sandbox/wire/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <string>
#include <utility>

#include "service/sandbox/http/error_reply.h"
#include "service/sandbox/wire/wire_plan.h"

namespace openrouter_images::sandbox {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kMaxBodyBytes = 64 << 20;
constexpr std::uint32_t kMaxHeadBytes = 64 << 10;
// How much of an unwanted body is read, so that the client sees the reply instead of a reset.
constexpr std::size_t kMaxDrainedBytes = std::size_t{256} << 20;
// A fault named in the body must be near its start to cut that body short.
constexpr std::size_t kMaxScannedBytes = 64 << 10;

tcp::socket& Socket(tcp::socket& stream) {
  return stream;
}
tcp::socket& Socket(TlsStream& stream) {
  return stream.next_layer();
}

asio::awaitable<void> Sleep(std::chrono::milliseconds time) {
  if (time.count() <= 0) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(kAwaitTuple);
}

template <typename Stream>
asio::awaitable<void> ReadUntilEnd(Stream& stream, std::size_t limit) {
  std::array<char, 16384> scratch;
  for (std::size_t total = 0; total < limit;) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(scratch), kAwaitTuple);
    if (error) co_return;
    total += count;
  }
}

asio::awaitable<void> FinAndDrain(tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  co_await ReadUntilEnd(socket, kMaxDrainedBytes);
}

asio::awaitable<void> CloseInOrder(tcp::socket& socket) {
  co_await FinAndDrain(socket);
}

asio::awaitable<void> CloseInOrder(TlsStream& stream) {
  // Sends close_notify and awaits the peer's, or its FIN.
  co_await stream.async_shutdown(kAwaitTuple);
}

asio::awaitable<void> Reset(tcp::socket& socket) {
  // A reset discards what the kernel has not sent. Waits until the peer's kernel has all of it, unless the
  // peer does not read.
  int unsent = 0;
  for (int i = 0; i < 2000 && ioctl(socket.native_handle(), SIOCOUTQ, &unsent) == 0 && unsent > 0; ++i) {
    co_await Sleep(std::chrono::milliseconds(1));
  }
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// Writes the plan; false when the peer is gone.
template <typename Stream>
asio::awaitable<bool> WritePieces(Stream& stream, const WirePlan& plan) {
  for (const BodyPart& piece : plan.pieces) {
    co_await Sleep(piece.pause);
    const std::size_t step = plan.write_size == 0 ? piece.bytes.size() : plan.write_size;
    for (std::size_t at = 0; at < piece.bytes.size(); at += step) {
      const auto portion = asio::buffer(piece.bytes.data() + at, std::min(step, piece.bytes.size() - at));
      const auto [error, count] = co_await asio::async_write(stream, portion, kAwaitTuple);
      if (error) co_return false;
      co_await Sleep(plan.pause);
    }
  }
  co_return true;
}

// Sends a reply and ends the connection as planned; true when it may carry another request.
template <typename Stream>
asio::awaitable<bool> Send(Stream& stream, WirePlan plan) {
  if (plan.delay == FaultScript::kForever) {
    co_await ReadUntilEnd(stream, kMaxDrainedBytes);
    co_return false;
  }
  co_await Sleep(plan.delay);
  const bool written = co_await WritePieces(stream, plan);
  if (!written) co_return false;
  switch (plan.end) {
    case WireEnd::kKeepAlive:
      co_return true;
    case WireEnd::kClose:
      co_await CloseInOrder(stream);
      break;
    case WireEnd::kFin:
      co_await FinAndDrain(Socket(stream));
      break;
    case WireEnd::kReset:
      co_await Reset(Socket(stream));
      break;
  }
  co_return false;
}

using Parser = http::request_parser<http::string_body>;

HttpRequest HeadOf(const Parser& parser) {
  const auto& message = parser.get();
  HttpRequest head;
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  for (const auto& field : message)
    head.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  return head;
}

// The name of the model in the part of a body that has arrived, if it is one of the sandbox's own.
std::optional<std::string_view> SandboxModel(std::string_view body) {
  const std::size_t model = body.substr(0, kMaxScannedBytes).find("\"sandbox/");
  if (model == std::string_view::npos) return std::nullopt;
  const std::size_t end = body.find('"', model + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return body.substr(model + 1, end - model - 1);
}

enum class BodyEnd { kComplete, kHalf, kLost, kTooLarge };

template <typename Stream>
class Session {
 public:
  Session(Stream stream, ConnectionContext& context, std::uint64_t id)
      : stream_(std::move(stream)), context_(context), id_(id) {}

  Stream& stream() { return stream_; }

  asio::awaitable<void> Run() {
    for (bool more = true; more;) more = co_await ServeOne();
  }

 private:
  asio::awaitable<bool> ServeOne() {
    Parser parser;
    parser.body_limit(kMaxBodyBytes);
    parser.header_limit(kMaxHeadBytes);
    // Without this a body that came in one segment with its head would be parsed before the limits of a fault
    // are known.
    parser.eager(false);
    const auto [error, count] = co_await http::async_read_header(stream_, buffer_, parser, kAwaitTuple);
    if (error == http::error::body_limit) {
      const std::uint64_t refused = context_.ledger.Begin(id_, HeadOf(parser));
      co_return co_await Refuse(413, refused);
    }
    if (error && error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      // Named because g++ 12 destroys temporaries of a co_await expression twice.
      const HttpRequest unreadable;
      const std::uint64_t refused = context_.ledger.Begin(id_, unreadable);
      co_return co_await Refuse(400, refused);
    }
    if (error) co_return false;

    HttpRequest request = HeadOf(parser);
    const std::uint64_t sequence = context_.ledger.Begin(id_, request);
    const FaultScript::Route route = Api::RouteOf(request);
    std::optional<FaultBook::Scripted> scripted;
    if (route != FaultScript::Route::kAny) scripted = context_.faults.TakeScripted(route);
    if (http::token_list(parser.get()[http::field::expect]).exists("100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [lost, sent] = co_await asio::async_write(stream_, asio::buffer(kContinue), kAwaitTuple);
      if (lost) co_return false;
    }
    parser.eager(true);
    const BodyEnd end =
        co_await ReadBody(parser, sequence, scripted.has_value() && scripted->fault.half_request);
    request.body = std::move(parser.get().body());
    if (end == BodyEnd::kHalf) {
      // A short body may have arrived whole; only half of it counts as read.
      request.body.resize(
          std::min<std::size_t>(request.body.size(), parser.content_length().value_or(2) / 2));
      if (scripted) context_.ledger.RecordFault(sequence, scripted->text);
    }
    context_.ledger.RecordBody(sequence, request.body, end == BodyEnd::kComplete, Api::IsGeneration(request));
    if (end == BodyEnd::kLost) co_return false;
    if (end == BodyEnd::kTooLarge) co_return co_await Refuse(413, sequence);
    if (end == BodyEnd::kHalf) {
      co_await FinAndDrain(Socket(stream_));
      co_return false;
    }
    const bool keep_alive = parser.get().keep_alive();
    co_return co_await Respond(std::move(request), sequence, std::move(scripted), keep_alive);
  }

  // Reads a body into the parser until it is complete, or until half of it is there when a fault says so: a
  // scripted one, or one that the body itself names.
  asio::awaitable<BodyEnd> ReadBody(Parser& parser, std::uint64_t sequence, bool half) {
    bool named = false;
    while (!parser.is_done()) {
      const auto [error, count] = co_await http::async_read_some(stream_, buffer_, parser, kAwaitTuple);
      if (error == http::error::body_limit) co_return BodyEnd::kTooLarge;
      if (error) co_return BodyEnd::kLost;
      const std::string& body = parser.get().body();
      const auto model = named || half ? std::nullopt : SandboxModel(body);
      if (model) {
        named = true;
        half = AdoptHalfRequest(*model, sequence);
      }
      if (half && body.size() >= parser.content_length().value_or(2) / 2) co_return BodyEnd::kHalf;
    }
    co_return BodyEnd::kComplete;
  }

  bool AdoptHalfRequest(std::string_view model, std::uint64_t sequence) {
    const auto text = FaultScriptOfModel(model);
    if (!text) return false;
    const auto fault = ParseFaultScript(*text);
    if (!fault.ok() || !fault->half_request || !context_.faults.CountUse(*fault, *text)) return false;
    context_.ledger.RecordFault(sequence, *text);
    return true;
  }

  asio::awaitable<bool> Respond(HttpRequest request, std::uint64_t sequence,
                                std::optional<FaultBook::Scripted> scripted, bool keep_alive) {
    Answer answer = context_.api.Handle(request, sequence, std::move(scripted));
    const bool head_only = request.method == "HEAD";
    request = {};
    if (answer.generate) {
      co_await Sleep(answer.wait);
      answer.reply = co_await asio::co_spawn(
          context_.painters,
          [](auto generate, std::stop_token stop) -> asio::awaitable<HttpReply> { co_return generate(stop); }(
                                                      std::move(answer.generate), context_.stop),
          asio::use_awaitable);
    }
    if (answer.charge) context_.ledger.RecordBill(sequence, *answer.charge);
    const int status = answer.reply.status;
    if (head_only) answer.reply.body.clear();
    WirePlan plan = PlanWire(std::move(answer.reply), answer.fault, keep_alive);
    if (plan.status_sent && plan.delay != FaultScript::kForever)
      context_.ledger.RecordStatus(sequence, status);
    const bool more = co_await Send(stream_, std::move(plan));
    co_return more;
  }

  // Answers a request whose body is not wanted, and ends the connection.
  asio::awaitable<bool> Refuse(int status, std::uint64_t sequence) {
    context_.ledger.RecordStatus(sequence, status);
    WirePlan plan = PlanWire(ErrorReply(status, UsualMessage(status)), FaultScript{}, false);
    const bool more = co_await Send(stream_, std::move(plan));
    co_return more;
  }

  Stream stream_;
  ConnectionContext& context_;
  const std::uint64_t id_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace

asio::awaitable<void> ServeTcp(tcp::socket socket, ConnectionContext& context, std::uint64_t id) {
  Session<tcp::socket> session(std::move(socket), context, id);
  co_await session.Run();
}

asio::awaitable<void> ServeTls(tcp::socket socket, asio::ssl::context& tls, ConnectionContext& context,
                               std::uint64_t id) {
  Session<TlsStream> session(TlsStream(std::move(socket), tls), context, id);
  const auto [error] = co_await session.stream().async_handshake(asio::ssl::stream_base::server, kAwaitTuple);
  if (!error) co_await session.Run();
}

asio::awaitable<void> Stall(tcp::socket socket) {
  co_await ReadUntilEnd(socket, kMaxDrainedBytes);
}

}  // namespace openrouter_images::sandbox
