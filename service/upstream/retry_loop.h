#pragma once

#include <absl/functional/function_ref.h>

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "service/base/clock.h"
#include "service/credentials/key_source.h"
#include "service/http/request.h"
#include "service/http/transport.h"
#include "service/retry/retry_budgets.h"
#include "service/upstream/call_account.h"
#include "service/upstream/call_context.h"
#include "service/upstream/failed_call.h"
#include "service/upstream/reply/reply_receiver.h"

namespace openrouter_images::upstream {

// What the retry loops of all calls share; outlives them.
struct RetryLoopResources {
  credentials::KeySource& service_key;
  retry::RetryBudgets& budgets;
  base::Clock& clock;
  // A number in [0, 1) at each call; thread-safe.
  std::function<double()> random;
};

// A request, and how it is retried.
struct RetriedRequest {
  errors::Operation operation;
  // `headers`, `deadline`, `timeouts.attempt` and `before_dispatch` are filled in by the loop.
  http::Request http;
  std::string_view accept;
  // With less time than this left before the deadline, no attempt begins and none is dispatched.
  std::chrono::milliseconds minimum_time{0};
};

// Sends one request until it succeeds, cannot be retried any more, or its time is over. The one place from
// which a request that costs money is dispatched.
//
// Used once, by one coroutine with throw_if_cancelled(false), on the loop of `transport`. A cancellation ends
// the current attempt or wait; nothing is sent afterwards.
class RetryLoop {
 public:
  // `transport`, `call` and `resources` outlive the loop.
  RetryLoop(http::Transport& transport, const CallContext& call, const RetryLoopResources& resources,
            RetriedRequest request);

  // `begin_reply` makes the receiver of the next attempt; it must live until the next call of `begin_reply`.
  // Returns nothing when an attempt succeeded. An exception becomes a failure too.
  boost::asio::awaitable<std::optional<FailedCall>> Run(
      absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply);

  // What the call took so far; final once Run has returned.
  v1::CallReport report() const { return account_.Report(); }

 private:
  struct Attempt;

  boost::asio::awaitable<std::optional<FailedCall>> RunAttempts(
      absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply);
  boost::asio::awaitable<std::optional<errors::Failure>> RunOne(
      absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply, Attempt& attempt);
  // Sends the request; every attempt that begins here ends in EndAttempt.
  boost::asio::awaitable<std::optional<errors::Failure>> Send(
      absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply, Attempt& attempt,
      http::TransferResult& result);
  // What became of the attempt.
  std::optional<errors::Failure> Conclude(ReplyReceiver& reply, Attempt& attempt,
                                          const http::TransferResult& result) const;
  // Why the attempt must not begin; nothing when it may.
  std::optional<errors::Condition> ReasonNotToBegin(bool cancelled, const Attempt& attempt) const;
  // The last check before money may be spent. On false the reason is in `attempt`.
  boost::asio::awaitable<bool> BeforeDispatch(Attempt& attempt);
  AttemptContext Context(Attempt& attempt) const;
  void EndAttempt(const http::TransferResult& result, const std::optional<errors::Failure>& failure);
  bool TooLate() const;
  retry::Billing billing() const;
  errors::KeyOwner key_owner() const;

  http::Transport& transport_;
  const CallContext& call_;
  const RetryLoopResources& resources_;
  RetriedRequest request_;
  CallAccount account_;
  // Of the attempts that failed so far.
  std::optional<errors::Failure> costliest_;
};

}  // namespace openrouter_images::upstream
