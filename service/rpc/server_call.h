#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "service/admission/admission.h"
#include "service/base/clock.h"
#include "service/http/event_loop.h"
#include "service/rpc/call_end.h"
#include "service/rpc/deadline.h"
#include "service/rpc/request_check.h"
#include "service/rpc/wire.h"
#include "service/telemetry/call_observer.h"
#include "service/upstream/call_context.h"

namespace openrouter::images::rpc {

// What all calls share; outlives them.
struct CallEnvironment {
  http::EventLoopPool& loops;
  telemetry::CallObserverFactory& observers;
  admission::Admission& admission;
  base::Clock& clock;
  // Time limit of a call whose caller gives no deadline.
  std::chrono::milliseconds default_timeout;
  bool allow_caller_api_keys;
  // For streams: the silence after which a heartbeat is sent, and the longest time in which a caller may read
  // nothing.
  std::chrono::milliseconds heartbeat;
  std::chrono::milliseconds write_stall;
};

// How the requests of one method are checked and logged. Functions are called on many threads.
template <typename Request>
struct Intake {
  std::string_view method;
  std::function<CheckResult(const Request&)> check;
  // The model that a valid request names; empty for methods without one.
  std::function<std::string(const Request&)> model;
};

// One call as gRPC sees it. Bytes arrive on a thread of gRPC and are checked there; everything after that happens on one
// event loop, cancellations included. Made by std::make_shared; owns itself until gRPC is done with it and its operation
// has ended, whichever comes last. `Reactor` is gRPC's class for the call.
//
// A derived class starts an operation in Run and ends the call with Finish, once, with record() filled in.
template <typename Reactor, typename Request>
class ServerCall : public Reactor,
                   public std::enable_shared_from_this<ServerCall<Reactor, Request>>,
                   private admission::AdmittedCall {
 public:
  ServerCall(grpc::CallbackServerContext& context, const CallEnvironment& environment)
      : context_(context),
        environment_(environment),
        loop_(environment.loops.Next()),
        arrival_(environment.clock.Now()),
        deadline_(WorkDeadline(context.deadline(), environment.clock.WallNow(), arrival_,
                               environment.default_timeout)) {}

  // Once, right after construction, on gRPC's thread. Releases the bytes of `request`.
  void Begin(grpc::ByteBuffer& request, const Intake<Request>& intake) {
    self_ = this->shared_from_this();
    record_.method = intake.method;
    record_.peer = context_.peer();
    observer_ = environment_.observers.OnBegun(record_.method, record_.peer);
    auto refusal = Admit(request, intake);
    // From the post on, a drain or a cancellation may end the call on the loop: no member may be used below.
    boost::asio::post(loop_.context(), [call = this->shared_from_this(), refusal = std::move(refusal)] {
      if (refusal) {
        call->Refuse(*refusal);
      } else if (call->drained_) {
        call->Refuse(Local(errors::Condition::kDraining));
      } else if (call->cancelled_) {
        call->Refuse(Local(errors::Condition::kCancelledBeforeDispatch));
      } else {
        call->running_ = true;
        call->Run();
      }
    });
  }

 protected:
  using Clock = std::chrono::steady_clock;

  // Starts the operation, on the loop.
  virtual void Run() = 0;
  // Ends the operation soon, on the loop; its outcome arrives as usual.
  virtual void CancelOperation() = 0;
  // Ends the call with a failure, on the loop.
  virtual void Fail(upstream::FailedCall failed) = 0;
  // A request that may cost money is about to leave, for the first time.
  virtual void OnCommit() {}
  // Whether every message was written. Asked on the loop, once gRPC is done with the call.
  virtual bool WroteAll() const { return true; }

  // The context of the call's operation; takes the options out of the request.
  upstream::CallContext TakeContext() {
    upstream::CallContext context;
    context.arrival = arrival_;
    context.deadline = deadline_;
    context.options = std::move(*request_.mutable_options());
    context.retry = std::move(retry_);
    context.observer = observer_.get();
    context.on_encoded = [this](std::size_t body_bytes) {
      request_bytes_ = body_bytes;
      HoldBytes(0);
    };
    context.on_dispatch = [this] { CommitOnce(); };
    return context;
  }

  // The call holds `reply_bytes` besides its request.
  void HoldBytes(std::size_t reply_bytes) { ticket_.Resize(request_bytes_ + reply_bytes); }

  // The status of a failed call, with record() to match.
  grpc::Status StatusOf(upstream::FailedCall failed) {
    if (drained_) {
      ExplainCancellation(errors::Condition::kDraining, errors::Condition::kDrainedAfterDispatch, failed);
    }
    // The client library must not repeat what the service has already tried.
    if (committed_ || failed.report.attempts() > 0) ForbidRetry(context_);
    return EndWithFailure(std::move(failed), environment_.clock.Now() - arrival_, record_);
  }

  // An exception that reached the top of the operation.
  void FailInternally(const std::exception_ptr& error) { Refuse(InternalFailure(error, committed_)); }

  static errors::Failure Local(errors::Condition condition) {
    return errors::FromCondition(errors::Operation::kGenerate, condition, "");
  }

  grpc::CallbackServerContext& context() { return context_; }
  const CallEnvironment& environment() const { return environment_; }
  http::EventLoop& loop() { return loop_; }
  Request& request() { return request_; }
  Clock::time_point arrival() const { return arrival_; }
  Clock::time_point deadline() const { return deadline_; }
  telemetry::CallRecord& record() { return record_; }

 private:
  // Why the call is not served; nothing when it is.
  std::optional<errors::Failure> Admit(grpc::ByteBuffer& request, const Intake<Request>& intake) {
    request_bytes_ = request.Length();
    auto answer = environment_.admission.Admit(*this, request_bytes_);
    if (std::holds_alternative<admission::Refusal>(answer))
      return Local(ConditionOf(std::get<admission::Refusal>(answer)));
    ticket_ = std::get<admission::Ticket>(std::move(answer));
    const bool parsed = Parse(request, request_);
    request.Clear();
    if (!parsed) return Local(errors::Condition::kMalformedMessage);
    CheckResult checked = intake.check(request_);
    if (!checked.violations.empty()) return errors::InvalidRequest(std::move(checked.violations));
    retry_ = std::move(checked.retry);
    // Set after the check, so that the logged name is valid and of limited length.
    record_.model = intake.model(request_);
    if (request_.options().has_api_key() && !environment_.allow_caller_api_keys) {
      return Local(errors::Condition::kCallerKeyNotAllowed);
    }
    observer_->OnAdmitted(record_.model);
    return std::nullopt;
  }

  static errors::Condition ConditionOf(admission::Refusal refusal) {
    switch (refusal) {
      case admission::Refusal::kDraining:
        break;
    }
    return errors::Condition::kDraining;
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
    Cancel([this] { cancelled_ = true; });
  }

  void EndForDrain() override {
    Cancel([this] { drained_ = true; });
  }

  // On the loop: calls `mark`, then cancels the operation.
  template <typename Mark>
  void Cancel(Mark mark) {
    boost::asio::post(loop_.context(), [call = this->shared_from_this(), mark] {
      mark();
      if (call->running_) call->CancelOperation();
    });
  }

  void OnDone() override {
    // gRPC's objects are gone when this returns; all else belongs to the loop.
    boost::asio::post(loop_.context(), [call = std::move(self_), cancelled = context_.IsCancelled()] {
      call->record_.delivered = !cancelled && call->WroteAll();
      call->observer_->OnEnded(call->record_);
      call->ticket_ = {};
    });
  }

  grpc::CallbackServerContext& context_;
  const CallEnvironment& environment_;
  http::EventLoop& loop_;
  const Clock::time_point arrival_;
  const Clock::time_point deadline_;
  admission::Ticket ticket_;
  Request request_;
  v1::RetryOptions retry_;
  // Bytes of the message as it arrived, then of the encoded body.
  std::size_t request_bytes_ = 0;
  std::unique_ptr<telemetry::CallObserver> observer_;
  telemetry::CallRecord record_;
  // Run was called.
  bool running_ = false;
  bool committed_ = false;
  bool cancelled_ = false;
  // The service shuts down and ended the call.
  bool drained_ = false;
  std::shared_ptr<ServerCall> self_;
};

}  // namespace openrouter::images::rpc
