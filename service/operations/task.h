#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>

namespace openrouter_images::operations {

// Runs one coroutine on an event loop until it ends. A cancellation does not throw: the coroutine reports it
// as its outcome. All members are used on the loop.
class Task {
 public:
  // Once. `on_end` is called when `work` has ended, with the exception that ended it, or null. It keeps the
  // Task, and all that `work` refers to, alive; it is destroyed uncalled when the loop is destroyed first.
  void Start(boost::asio::io_context& loop, boost::asio::awaitable<void> work,
             std::function<void(const std::exception_ptr&)> on_end);

  // Interrupts what the coroutine waits for. Does nothing before Start and after the end.
  void Cancel();

 private:
  boost::asio::cancellation_signal cancellation_;
};

}  // namespace openrouter_images::operations
