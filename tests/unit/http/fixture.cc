#include "tests/unit/http/fixture.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <iterator>
#include <utility>

namespace openrouter_images::http::testing {

namespace asio = boost::asio;

void Collector::OnDispatch() {
  ++dispatches;
  on_dispatch();
}

void Collector::OnHead(const ResponseHead& received) {
  ++heads;
  head = received;
  on_head();
}

Flow Collector::OnBody(std::string_view bytes) {
  ++pieces;
  const Flow flow = on_body(bytes);
  if (flow == Flow::kContinue) body.append(bytes);
  return flow;
}

Client& ClientTest::client() {
  if (client_ == nullptr) client_ = std::make_unique<Client>(context, options);
  return *client_;
}

void ClientTest::DestroyClient() {
  client_.reset();
}

Request ClientTest::Get(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

Request ClientTest::Post(const std::string& url, std::string body) {
  Request request;
  request.method = Method::kPost;
  request.url = url;
  request.body = std::move(body);
  request.connection = ConnectionUse::kFresh;
  return request;
}

std::unique_ptr<ClientTest::Running> ClientTest::Start(const Request& request, Collector& collector) {
  auto running = std::make_unique<Running>();
  asio::co_spawn(
      context, client().Send(request, collector),
      asio::bind_cancellation_slot(running->cancel.slot(),
                                   [target = running.get()](std::exception_ptr error, TransferResult result) {
                                     ASSERT_EQ(error, nullptr);
                                     target->result = std::move(result);
                                   }));
  return running;
}

void ClientTest::RunUntil(const std::function<bool()>& done) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  context.restart();
  while (!done() && std::chrono::steady_clock::now() < limit) context.run_one_until(limit);
  ASSERT_TRUE(done()) << "it did not happen";
}

void ClientTest::LetTimePass(std::chrono::milliseconds length) {
  asio::steady_timer timer(context, length);
  bool passed = false;
  timer.async_wait([&](const boost::system::error_code&) { passed = true; });
  RunUntil([&] { return passed; });
}

TransferResult ClientTest::Send(const Request& request, Collector& collector) {
  const auto running = Start(request, collector);
  RunUntil([&] { return running->result.has_value(); });
  return running->result.value_or(TransferResult{});
}

int OpenDescriptors() {
  using Iterator = std::filesystem::directory_iterator;
  return static_cast<int>(std::distance(Iterator("/proc/self/fd"), Iterator()));
}

}  // namespace openrouter_images::http::testing
