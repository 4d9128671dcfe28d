#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "service/http/client.h"

namespace openrouter_images::http {

// An io_context, the thread that runs it, and the client that uses it. Any thread may post to context();
// everything else is used on the loop's thread only.
class EventLoop {
 public:
  explicit EventLoop(const ClientOptions& options);
  // Stops the loop between two handlers and joins its thread. Coroutines that still wait on it are destroyed,
  // not resumed; to get their results, cancel them and wait for them first. Must not run on the loop's own
  // thread.
  ~EventLoop();

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  boost::asio::io_context& context() { return context_; }
  Client& client() { return client_; }

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Client client_;
  std::thread thread_;
};

// A fixed set of loops. A call is assigned to one and stays on it.
class EventLoopPool {
 public:
  // `loops` is at least 1; by default one per core of the machine.
  explicit EventLoopPool(const ClientOptions& options,
                         std::size_t loops = std::thread::hardware_concurrency());

  // Round robin, from any thread.
  EventLoop& Next();

  // Blocks until each loop has run all that was posted to it before. Must not run on a loop's own thread.
  void Settle();

  std::size_t size() const { return loops_.size(); }

 private:
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace openrouter_images::http
