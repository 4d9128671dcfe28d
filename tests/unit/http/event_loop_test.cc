#include "service/http/event_loop.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <list>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Answer;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

// Peers on a thread of their own.
class EventLoopTest : public ::testing::Test {
 protected:
  ~EventLoopTest() override {
    peers_.stop();
    if (thread_.joinable()) thread_.join();
  }

  // Lives until the thread has ended.
  Peer& AddPeer(Peer::Script script) { return added_.emplace_back(peers_, std::move(script)); }

  void RunPeers() {
    thread_ = std::thread([this] { peers_.run(); });
  }

  asio::io_context peers_;

 private:
  std::list<Peer> added_;
  std::thread thread_;
};

TEST_F(EventLoopTest, PoolHandsOutItsLoopsInTurnToAnyThread) {
  EventLoopPool pool(ClientOptions{}, 3);
  EXPECT_EQ(pool.size(), 3u);
  std::vector<std::future<std::vector<EventLoop*>>> threads;
  for (int i = 0; i < 2; ++i) {
    threads.push_back(std::async(std::launch::async, [&pool] {
      std::vector<EventLoop*> loops;
      for (int j = 0; j < 30; ++j) loops.push_back(&pool.Next());
      return loops;
    }));
  }
  std::multiset<EventLoop*> handed_out;
  for (auto& thread : threads) {
    for (EventLoop* loop : thread.get()) handed_out.insert(loop);
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(handed_out.count(&pool.Next()), 20u);
}

TEST_F(EventLoopTest, PoolHasAtLeastOneLoop) {
  EXPECT_EQ(EventLoopPool(ClientOptions{}, 0).size(), 1u);
}

TEST_F(EventLoopTest, TransfersRunOnEveryLoopAtOnce) {
  Peer& peer = AddPeer([](PeerConnection& c) -> asio::awaitable<void> {
    while (!(co_await c.ReadRequest()).empty()) co_await c.Write(Reply("ok"));
  });
  const std::string url = peer.Url();
  RunPeers();
  EventLoopPool pool(ClientOptions{}, 2);
  constexpr int kCount = 40;
  std::vector<Collector> collectors(kCount);
  std::vector<Request> requests(kCount);
  std::vector<std::future<TransferResult>> results;
  for (int i = 0; i < kCount; ++i) {
    requests[i].url = url;
    if (i % 2 == 0) requests[i].connection = ConnectionUse::kFresh;
    EventLoop& loop = pool.Next();
    results.push_back(asio::co_spawn(
        loop.context(), [&, i]() { return loop.client().Send(requests[i], collectors[i]); },
        asio::use_future));
  }
  for (int i = 0; i < kCount; ++i) {
    const TransferResult result = results[i].get();
    EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
    EXPECT_EQ(collectors[i].body, "ok");
  }
}

TEST_F(EventLoopTest, ResumesAndCancelsFromAnotherThread) {
  Peer& peer = AddPeer(Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
  Request request;
  request.url = peer.Url();
  RunPeers();
  EventLoop loop(ClientOptions{});
  Collector collector;
  std::promise<void> paused;
  std::promise<void> resumed;
  collector.on_body = [&](std::string_view) {
    if (collector.pieces == 1) {
      paused.set_value();
      return Flow::kPause;
    }
    resumed.set_value();
    return Flow::kContinue;
  };
  asio::cancellation_signal cancel;
  std::future<TransferResult> result = asio::co_spawn(
      loop.context(), [&] { return loop.client().Send(request, collector); },
      asio::bind_cancellation_slot(cancel.slot(), asio::use_future));
  paused.get_future().wait();
  asio::post(loop.context(), [&] { loop.client().Resume(collector); });
  resumed.get_future().wait();
  asio::post(loop.context(), [&] { cancel.emit(asio::cancellation_type::terminal); });
  EXPECT_EQ(result.get().fault, Fault::kCancelled);
  EXPECT_EQ(collector.body, "abc");
}

TEST_F(EventLoopTest, DestructorDropsTransfersInFlight) {
  Peer& peer = AddPeer(Answer(""));
  Request request;
  request.url = peer.Url();
  RunPeers();
  Collector collector;
  std::promise<void> dispatched;
  collector.on_dispatch = [&] { dispatched.set_value(); };
  std::future<TransferResult> result;
  {
    EventLoop loop(ClientOptions{});
    result = asio::co_spawn(
        loop.context(), [&] { return loop.client().Send(request, collector); }, asio::use_future);
    dispatched.get_future().wait();
  }
  EXPECT_THROW(result.get(), std::future_error);
}

}  // namespace
}  // namespace openrouter_images::http
