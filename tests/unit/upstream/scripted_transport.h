#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "service/http/transport.h"

namespace openrouter_images::upstream {

// A transport that plays a script: each Send takes the next step. Passes the gate before a dispatch as the
// real one does.
class ScriptedTransport final : public http::Transport {
 public:
  // What one transfer does before its reply, for instance let time pass or cancel.
  using Action = std::function<void()>;

  struct Step {
    int status = 200;
    std::vector<http::Header> headers{};
    std::string body{};
    // Anything but kNone: no reply.
    http::Fault fault = http::Fault::kNone;
    std::string detail{};
    // Whether the request gets as far as its dispatch.
    bool connects = true;
    // The reply refuses the request by its head: nothing is dispatched.
    bool replies_early = false;
    // Send throws, after the dispatch if it connects.
    bool throws = false;
    // Send throws after the reply.
    bool throws_at_end = false;
    Action while_connecting{};
    Action after_dispatch{};
  };

  explicit ScriptedTransport(std::deque<Step> steps) : steps_(std::move(steps)) {}

  boost::asio::awaitable<http::TransferResult> Send(const http::Request& request,
                                                    http::ResponseHandler& handler) override {
    const Step step = Take();
    requests.push_back(request);
    http::TransferResult result;
    if (step.while_connecting) step.while_connecting();
    if (!step.connects) {
      if (step.throws) throw std::bad_alloc();
      result.fault = step.fault;
      co_return result;
    }
    if (step.replies_early) {
      Deliver(step, handler, result);
      co_return result;
    }
    if (request.before_dispatch && !co_await request.before_dispatch()) {
      result.fault = http::Fault::kVetoed;
      co_return result;
    }
    result.dispatched = true;
    result.dispatches = 1;
    handler.OnDispatch();
    if (step.after_dispatch) step.after_dispatch();
    if (step.throws) throw std::bad_alloc();
    result.fault = step.fault;
    result.detail = step.detail;
    if (step.fault != http::Fault::kNone) co_return result;
    Deliver(step, handler, result);
    if (step.throws_at_end) throw std::bad_alloc();
    co_return result;
  }

  void Resume(http::ResponseHandler&) override {}

  std::vector<http::Request> requests;

 private:
  static void Deliver(const Step& step, http::ResponseHandler& handler, http::TransferResult& result) {
    http::ResponseHead head;
    head.status = step.status;
    head.headers = step.headers;
    handler.OnHead(head);
    if (!step.body.empty()) {
      while (handler.OnBody(step.body) == http::Flow::kYield) {
      }
    }
    result.status = step.status;
    result.body_bytes = step.body.size();
    result.timings.first_byte = std::chrono::milliseconds(1);
  }

  Step Take() {
    // One that nobody wrote down ends the test's call with a failure that no retry repairs.
    if (steps_.empty()) return {.status = 400};
    Step step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }

  std::deque<Step> steps_;
};

}  // namespace openrouter_images::upstream
