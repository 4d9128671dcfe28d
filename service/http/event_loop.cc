#include "service/http/event_loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <latch>

namespace openrouter_images::http {

EventLoop::EventLoop(const ClientOptions& options)
    : context_(1),
      work_(context_.get_executor()),
      client_(context_, options),
      thread_([this] { context_.run(); }) {}

EventLoop::~EventLoop() {
  context_.stop();
  thread_.join();
}

EventLoopPool::EventLoopPool(const ClientOptions& options, std::size_t loops) {
  loops_.resize(std::max<std::size_t>(1, loops));
  for (auto& loop : loops_) loop = std::make_unique<EventLoop>(options);
}

void EventLoopPool::Settle() {
  std::latch settled(static_cast<std::ptrdiff_t>(loops_.size()));
  for (const auto& loop : loops_) {
    boost::asio::post(loop->context(), [&settled] { settled.count_down(); });
  }
  settled.wait();
}

EventLoop& EventLoopPool::Next() {
  return *loops_[next_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

}  // namespace openrouter_images::http
