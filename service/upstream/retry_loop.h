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
#include "service/http/client.h"
#include "service/http/request.h"
#include "service/retry/retry_budget.h"
#include "service/upstream/call_context.h"
#include "service/upstream/reply/reply_receiver.h"

namespace openrouter::images::upstream {

// What the attempts of every call share; outlives them.
struct RetryLoopResources {
  credentials::KeySource& service_key;
  retry::RetryBudget& budget;
  base::Clock& clock;
  // A number in [0, 1) at each call; thread-safe.
  std::function<double()> random;
};

// One logical request, repeated until it succeeds, fails for good, or its time is over. The one place where a
// request is dispatched. Used by one coroutine on the loop of `client`.
class RetryLoop {
 public:
  struct Subject {
    errors::Operation operation;
    // `headers` are filled in here, for each attempt.
    http::Request request;
    std::string_view accept;
    // Complete: every field set.
    v1::RetryOptions retry;
    // An attempt is not begun with less time than this left.
    std::chrono::milliseconds minimum_time{0};
  };

  RetryLoop(http::Client& client, const CallContext& call, const RetryLoopResources& resources,
            Subject subject);

  // `begin_reply` makes the receiver of the next attempt, which stays alive until the one after it is made.
  // Returns nothing when an attempt succeeded.
  boost::asio::awaitable<std::optional<FailedCall>> Run(
      absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply);

  // What the call took up to now; final once Run has returned.
  v1::CallReport report() const;

 private:
  boost::asio::awaitable<std::optional<errors::Failure>> RunOne(
      absl::FunctionRef<ReplyReceiver&(const AttemptContext&)> begin_reply);
  errors::KeyOwner key_owner() const;

  http::Client& client_;
  const CallContext& call_;
  const RetryLoopResources& resources_;
  Subject subject_;
  v1::CallReport report_;
  std::chrono::nanoseconds waited_{0};
  // Of the last attempt.
  std::string key_;
  bool attempt_dispatched_ = false;
  bool cancelled_ = false;
};

}  // namespace openrouter::images::upstream
