#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>

#include "service/http/request.h"

namespace openrouter_images::http {

// Runs Request::before_dispatch once, in a coroutine of its own, so that the transfer's time limits and its
// cancellation stay in force meanwhile. Used on the loop's thread only.
class DispatchStep {
 public:
  enum class State { kIdle, kRunning, kPassed, kVetoed, kThrew };

  DispatchStep(boost::asio::io_context& context, const Request& request);

  // Further calls do nothing. `on_end` is called when the step has ended, possibly before Start returns. What
  // `on_end` and the step refer to must live until then, or until the io_context is destroyed.
  void Start(std::function<void()> on_end);

  // Asks a running step to end, with cancellation_type::terminal.
  void Cancel();

  State state() const { return run_->state; }
  bool running() const { return run_->state == State::kRunning; }
  // Set with kThrew.
  std::exception_ptr exception() const { return run_->exception; }

 private:
  // Shared with the coroutine's completion, which the io_context may destroy after the step.
  struct Run {
    State state = State::kIdle;
    std::exception_ptr exception;
    boost::asio::cancellation_signal cancel;
  };

  boost::asio::io_context& context_;
  const Request& request_;
  std::shared_ptr<Run> run_;
};

}  // namespace openrouter_images::http
