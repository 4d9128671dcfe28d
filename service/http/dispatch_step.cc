#include "service/http/dispatch_step.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace openrouter_images::http {

namespace asio = boost::asio;

DispatchStep::DispatchStep(asio::io_context& context, const Request& request)
    : context_(context), request_(request), run_(std::make_shared<Run>()) {}

void DispatchStep::Start(std::function<void()> on_end) {
  if (run_->state != State::kIdle) return;
  run_->state = State::kRunning;
  auto complete = [run = run_, on_end = std::move(on_end)](std::exception_ptr exception, bool passed) {
    run->exception = std::move(exception);
    run->state = run->exception != nullptr ? State::kThrew : passed ? State::kPassed : State::kVetoed;
    on_end();
  };
  asio::co_spawn(context_, request_.before_dispatch,
                 asio::bind_cancellation_slot(run_->cancel.slot(), std::move(complete)));
}

void DispatchStep::Cancel() {
  if (running()) run_->cancel.emit(asio::cancellation_type::terminal);
}

}  // namespace openrouter_images::http
