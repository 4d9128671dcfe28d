#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "service/admission/call_registry.h"
#include "service/http/event_loop.h"
#include "service/limits/violation.h"
#include "service/rpc/call_end.h"
#include "service/rpc/deadline.h"
#include "service/rpc/wire.h"
#include "service/telemetry/call_record.h"
#include "service/upstream/call_context.h"

namespace openrouter::images::rpc {

// What all calls share; outlives them.
struct CallEnvironment {
  http::EventLoopPool& loops;
  telemetry::CallObserver& observer;
  admission::CallRegistry& registry;
  // Time of a call whose caller gives no deadline.
  std::chrono::milliseconds default_timeout;
  bool allow_caller_api_keys;
  // Of streams: the silence after which a heartbeat is sent, and the longest time that a caller may take
  // nothing.
  std::chrono::milliseconds heartbeat;
  std::chrono::milliseconds write_stall;
};

// How the request of an operation is checked and logged. Functions are called on many threads.
template <typename Request>
struct Intake {
  std::string_view name;
  // Every violation of the request; empty when it is fine.
  std::function<limits::Violations(const Request&)> check;
  // What of the request is worth logging.
  std::function<void(const Request&, telemetry::CallRecord&)> describe;
};

// What unary and streamed calls have in common: bytes come in on a thread of gRPC and are checked, and the
// rest happens on one event loop, where also a cancellation arrives. Made by std::make_shared. Owns itself
// until gRPC is done with it and its coroutine has ended, whichever comes last. `Reactor` is gRPC's class for
// the call.
template <typename Reactor, typename Request>
class ServerCall : public Reactor,
                   public std::enable_shared_from_this<ServerCall<Reactor, Request>>,
                   private admission::RegisteredCall {
 public:
  ServerCall(grpc::CallbackServerContext& context, const CallEnvironment& environment)
      : context_(context), environment_(environment), loop_(environment.loops.Next()) {
    call_.arrival = std::chrono::steady_clock::now();
    call_.deadline = WorkDeadline(context.deadline(), std::chrono::system_clock::now(), call_.arrival,
                                  environment.default_timeout);
    call_.on_dispatch = [this] { CommitOnce(); };
  }

  // Once, right after construction, on gRPC's thread.
  void Begin(const grpc::ByteBuffer& request, const Intake<Request>& intake) {
    self_ = this->shared_from_this();
    record_.method = intake.name;
    record_.peer = context_.peer();
    // From here on a drain may end the call, on the loop: nothing but the request is touched here any more.
    const bool admitted = environment_.registry.Add(*this);
    auto refusal = admitted ? Check(request, intake) : Local(errors::Condition::kDraining);
    boost::asio::post(loop_.context(), [call = this->shared_from_this(), refusal = std::move(refusal)] {
      if (refusal) {
        call->Refuse(*refusal);
      } else if (call->drained_) {
        call->Refuse(Local(errors::Condition::kDraining));
      } else {
        call->Spawn();
      }
    });
  }

 protected:
  // The operation, on the loop. Ends the call, or has it ended by an exception.
  virtual boost::asio::awaitable<void> Run() = 0;
  // Ends the call, on the loop.
  virtual void Fail(upstream::FailedCall failed) = 0;
  // The first request is about to leave.
  virtual void OnCommit() {}

  // The status of a failed call, with `record_` to match.
  grpc::Status StatusOf(upstream::FailedCall failed) {
    if (drained_) {
      NameReason(errors::Condition::kDraining, errors::Condition::kDrainedAfterDispatch, failed);
    }
    // What the service has tried already is not for the client library to repeat.
    if (committed_ || failed.report.attempts() > 0) ForbidRetry(context_);
    return EndWithFailure(std::move(failed), call_.arrival, record_);
  }

  static errors::Failure Local(errors::Condition condition) {
    return errors::FromCondition(errors::Operation::kGenerate, condition, "");
  }

  grpc::CallbackServerContext& context() { return context_; }
  const CallEnvironment& environment() const { return environment_; }
  http::EventLoop& loop() { return loop_; }
  const Request& request() const { return request_; }
  const upstream::CallContext& call() const { return call_; }
  telemetry::CallRecord& record() { return record_; }

 private:
  // Why the call is not served; nothing when it is.
  std::optional<errors::Failure> Check(const grpc::ByteBuffer& request, const Intake<Request>& intake) {
    if (!Parse(request, request_)) return Local(errors::Condition::kMalformedMessage);
    if (auto violations = intake.check(request_); !violations.empty()) {
      return errors::InvalidRequest(std::move(violations));
    }
    // Not before the check: what is logged is then a model's name and not any text of any length.
    intake.describe(request_, record_);
    if (request_.options().has_api_key() && !environment_.allow_caller_api_keys) {
      return Local(errors::Condition::kCallerKeyNotAllowed);
    }
    call_.options = request_.options();
    return std::nullopt;
  }

  void Spawn() {
    boost::asio::co_spawn(
        loop_.context(), RunUncancelled(),
        boost::asio::bind_cancellation_slot(
            cancellation_.slot(), [call = this->shared_from_this()](const std::exception_ptr& error) {
              if (error) call->Refuse(InternalFailure(error, call->committed_));
            }));
  }

  boost::asio::awaitable<void> RunUncancelled() {
    // A cancellation is an outcome to be told, not an exception.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await Run();
  }

  // From here on the call is committed: clients and meshes that see response headers do not repeat it.
  void CommitOnce() {
    if (std::exchange(committed_, true)) return;
    this->StartSendInitialMetadata();
    OnCommit();
  }

  void Refuse(errors::Failure failure) {
    upstream::FailedCall failed;
    failed.failure = std::move(failure);
    Fail(std::move(failed));
  }

  void OnCancel() override {
    Cancel([] {});
  }

  void EndForDrain() override {
    Cancel([this] { drained_ = true; });
  }

  // On the loop: first `mark`, then the end of whatever the coroutine waits for.
  template <typename Mark>
  void Cancel(Mark mark) {
    boost::asio::post(loop_.context(), [call = this->shared_from_this(), mark] {
      mark();
      call->cancellation_.emit(boost::asio::cancellation_type::terminal);
    });
  }

  void OnDone() override {
    environment_.registry.Remove(*this);
    self_.reset();
  }

  grpc::CallbackServerContext& context_;
  const CallEnvironment& environment_;
  http::EventLoop& loop_;
  Request request_;
  upstream::CallContext call_;
  telemetry::CallRecord record_;
  bool committed_ = false;
  // The service shuts down and ended the call.
  bool drained_ = false;
  boost::asio::cancellation_signal cancellation_;
  std::shared_ptr<ServerCall> self_;
};

}  // namespace openrouter::images::rpc
