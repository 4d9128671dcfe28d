#include "service/http/client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unordered_map>
#include <utility>

#include "service/http/curl_handles.h"
#include "service/http/multi.h"
#include "service/http/transfer.h"

namespace openrouter_images::http {

namespace asio = boost::asio;

// Shared with the frames of Send, which the io_context may destroy after the client.
struct Client::State {
  State(asio::io_context& io, ClientOptions client_options)
      : context(io),
        options(std::move(client_options)),
        multi(std::make_shared<Multi>(io, options.max_pooled_connections)) {
    for (const std::string& entry : options.resolve) Append(resolve, entry);
  }

  asio::io_context& context;
  const ClientOptions options;
  const std::shared_ptr<Multi> multi;
  StringList resolve;
  std::unordered_map<const ResponseHandler*, Transfer*> transfers;
};

namespace {

// An entry of the table of transfers, unless the handler has one already. Erased by key, since insertions
// invalidate the iterators of an unordered map.
class Registration {
 public:
  using Table = std::unordered_map<const ResponseHandler*, Transfer*>;

  Registration(Table& table, const ResponseHandler& handler, Transfer& transfer)
      : table_(table), handler_(handler), added_(table.emplace(&handler, &transfer).second) {}
  ~Registration() {
    if (added_) table_.erase(&handler_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  bool added() const { return added_; }

 private:
  Table& table_;
  const ResponseHandler& handler_;
  const bool added_;
};

}  // namespace

Client::Client(asio::io_context& context, ClientOptions options)
    : state_(std::make_shared<State>(context, std::move(options))) {}

Client::~Client() {
  state_->multi->Close();
}

asio::awaitable<TransferResult> Client::Send(const Request& request, ResponseHandler& handler) {
  const std::shared_ptr<State> state = state_;
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  Transfer transfer(state->context, *state->multi, state->options, state->resolve, request, handler);
  const Registration registration(state->transfers, handler, transfer);

  if (cancellation.cancelled() != asio::cancellation_type::none) {
    transfer.End(Fault::kCancelled, "cancelled before the start");
  } else if (!registration.added()) {
    transfer.End(Fault::kInvalidRequest, "the handler is busy with another transfer");
  } else {
    transfer.EndIfOverdue();
    if (!transfer.ended()) transfer.Start();
  }
  while (!transfer.ended()) {
    transfer.alarm().expires_at(transfer.next_alarm());
    co_await transfer.alarm().async_wait(asio::as_tuple(asio::use_awaitable));
    // After a cancellation, co_await would throw.
    if (cancellation.cancelled() != asio::cancellation_type::none)
      transfer.End(Fault::kCancelled, "cancelled");
    transfer.EndIfOverdue();
    transfer.Advance();
  }
  if (transfer.step_running()) {
    // Cancelled or not, this coroutine waits until the caller's step no longer runs.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (transfer.step_running()) {
      transfer.alarm().expires_at(Transfer::Clock::time_point::max());
      co_await transfer.alarm().async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
  }
  co_return transfer.TakeResult();
}

void Client::Resume(ResponseHandler& handler) {
  asio::post(state_->context, [state = std::weak_ptr<State>(state_), key = &handler] {
    const std::shared_ptr<State> alive = state.lock();
    if (alive == nullptr) return;
    const auto found = alive->transfers.find(key);
    if (found != alive->transfers.end()) found->second->Resume();
  });
}

std::size_t Client::active_transfers() const {
  return state_->transfers.size();
}

}  // namespace openrouter_images::http
