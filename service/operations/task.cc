#include "service/operations/task.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace openrouter_images::operations {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> WithoutThrowing(asio::awaitable<void> work) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(work);
}

}  // namespace

void Task::Start(asio::io_context& loop, asio::awaitable<void> work,
                 std::function<void(const std::exception_ptr&)> on_end) {
  asio::co_spawn(loop, WithoutThrowing(std::move(work)),
                 asio::bind_cancellation_slot(
                     cancellation_.slot(),
                     [on_end = std::move(on_end)](const std::exception_ptr& error) { on_end(error); }));
}

void Task::Cancel() {
  cancellation_.emit(asio::cancellation_type::terminal);
}

}  // namespace openrouter_images::operations
