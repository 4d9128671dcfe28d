#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "service/base/exception_text.h"
#include "service/base/overlay.h"
#include "service/rpc/call_end.h"
#include "service/rpc/call_environment.h"
#include "service/rpc/call_id.h"
#include "service/rpc/caller_key.h"
#include "service/rpc/deadline.h"
#include "service/rpc/wire.h"
#include "service/upstream/call_context.h"
#include "service/upstream/failed_call.h"

namespace openrouter_images::rpc {

// One call as gRPC sees it. Bytes arrive on a thread of gRPC and are checked there; everything after that
// happens on one event loop, cancellations included. Made by std::make_shared; owns itself until gRPC is done
// with it and its operation has ended, whichever comes last. `Reactor` is gRPC's class for the call.
//
// A derived class starts an operation in Run and ends the call with Complete, with record() filled in.
// Whatever runs on the loop runs in Guarded: an exception, bad_alloc above all, ends this call and no other.
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
        deadline_(WorkDeadline(context.raw_deadline(), environment.clock.WallNow(), arrival_,
                               environment.default_timeout)) {}

  // Once, right after construction, on gRPC's thread. Releases the bytes of `request`.
  void Begin(grpc::ByteBuffer& request, const Intake<Request>& intake) {
    self_ = this->shared_from_this();
    record_.method = intake.method;
    record_.peer = context_.peer();
    record_.report.set_call_id(NewCallId(environment_.random));
    operation_ = intake.operation;
    observer_ = environment_.observers.OnBegun(record_.method, record_.peer, record_.report.call_id());
    std::optional<errors::Failure> refusal;
    try {
      refusal = Admit(request, intake);
    } catch (...) {
      refusal = Internal(std::current_exception());
    }
    // From the post on, a drain or a cancellation may end the call on the loop: no member may be used below.
    boost::asio::post(loop_.context(),
                      [call = this->shared_from_this(), refusal = std::move(refusal)]() mutable {
                        call->Guarded([&] { call->RunUnless(std::move(refusal)); });
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

  // Runs `work` on the loop.
  template <typename Work>
  void Guarded(Work work) noexcept {
    try {
      work();
    } catch (...) {
      Abandon(std::current_exception());
    }
  }

  // Ends the call; record() says how. Only the first time counts.
  void Complete(const grpc::Status& status) {
    if (std::exchange(completed_, true)) return;
    observer_->OnOutcome(record_);
    if (!committed_) NameCallAtItsEnd(status);
    this->Finish(status);
  }

  // The context of the call's operation; takes the options out of the request.
  upstream::CallContext TakeContext() {
    upstream::CallContext context;
    context.call_id = record_.report.call_id();
    context.arrival = arrival_;
    context.deadline = deadline_;
    context.options = std::move(*request_.mutable_options());
    *context.options.mutable_attribution() =
        base::Overlay(environment_.attribution, context.options.attribution());
    context.retry = std::move(retry_);
    context.caller_key = std::move(caller_key_);
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
    if (drained_) ExplainCancellation(Interruption::kDrain, failed);
    // The client library must not repeat what may have been carried out, nor multiply the service's own
    // retries.
    if (committed_ || failed.report.requests_sent() > 0 || failed.report.attempts_size() > 1) {
      ForbidRetry(context_);
    }
    return EndWithFailure(std::move(failed), environment_.clock.Now() - arrival_, record_);
  }

  // An exception that reached the top of the operation.
  void FailInternally(const std::exception_ptr& error) { Refuse(Internal(error)); }

  errors::Failure Local(errors::Condition condition) const {
    return errors::FromCondition(operation_, condition, "");
  }

  grpc::CallbackServerContext& context() { return context_; }
  const CallEnvironment& environment() const { return environment_; }
  http::EventLoop& loop() { return loop_; }
  Request& request() { return request_; }
  Clock::time_point arrival() const { return arrival_; }
  Clock::time_point deadline() const { return deadline_; }
  telemetry::CallRecord& record() { return record_; }
  // The caller cancelled or is gone; the service shuts down and ended the call.
  bool cancelled() const { return cancelled_; }
  bool drained() const { return drained_; }

 private:
  // Why the call is not served; nothing when it is.
  std::optional<errors::Failure> Admit(grpc::ByteBuffer& request, const Intake<Request>& intake) {
    // gRPC has no message for a call that was cancelled before it arrived.
    if (!request.Valid()) return Local(errors::Condition::kCancelledBeforeDispatch);
    request_bytes_ = request.Length();
    auto answer = environment_.admission.Admit(*this, request_bytes_);
    if (const auto* refused = std::get_if<admission::Refusal>(&answer)) return Local(ConditionOf(*refused));
    ticket_ = std::get<admission::Ticket>(std::move(answer));
    CheckResult checked = intake.read(request, request_);
    request.Clear();
    if (checked.malformed) return Local(errors::Condition::kMalformedMessage);
    if (!checked.unknown_fields.empty()) return errors::UnknownFields(std::move(checked.unknown_fields));
    caller_key_ = CallerKey(context_.client_metadata(), checked.violations);
    if (!checked.violations.empty()) return errors::InvalidRequest(std::move(checked.violations));
    retry_ = std::move(checked.retry);
    // Set after the check, so that what is logged is valid and of limited length.
    record_.model = intake.model(request_);
    const auto& labels = request_.options().labels();
    record_.labels.insert(labels.begin(), labels.end());
    if (!caller_key_.empty() && !environment_.allow_caller_api_keys) {
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

  void RunUnless(std::optional<errors::Failure> refusal) {
    if (!refusal && drained_) refusal = Local(errors::Condition::kDraining);
    if (!refusal && cancelled_) refusal = Local(errors::Condition::kCancelledBeforeDispatch);
    if (refusal) {
      Refuse(*std::move(refusal));
    } else {
      running_ = true;
      Run();
    }
  }

  // The failure for an exception; its text goes to the log, not to the caller.
  errors::Failure Internal(const std::exception_ptr& error) {
    record_.internal_error = base::ExceptionText(error);
    if (record_.billing == v1::BILLING_OUTCOME_BILLED)
      return Local(errors::Condition::kInternalAfterCompletion);
    return upstream::InternalFailure(operation_, committed_);
  }

  void Abandon(const std::exception_ptr& error) noexcept {
    if (completed_) return;
    try {
      if (running_) CancelOperation();
      FailInternally(error);
    } catch (...) {
      // Out of memory for the failure itself: a status without details means an unknown billing outcome.
      if (!std::exchange(completed_, true)) this->Finish({grpc::StatusCode::INTERNAL, ""});
    }
  }

  // From here on the call is committed: clients and meshes that see response headers do not repeat it.
  void CommitOnce() {
    if (std::exchange(committed_, true)) return;
    context_.AddInitialMetadata(kCallIdHeader, record_.report.call_id());
    this->StartSendInitialMetadata();
    OnCommit();
  }

  // A failure that sent nothing goes without response headers, so that clients may repeat the call.
  void NameCallAtItsEnd(const grpc::Status& status) {
    if (status.ok()) {
      context_.AddInitialMetadata(kCallIdHeader, record_.report.call_id());
    } else {
      context_.AddTrailingMetadata(kCallIdHeader, record_.report.call_id());
    }
  }

  void Refuse(errors::Failure failure) {
    upstream::FailedCall failed;
    failed.failure = std::move(failure);
    failed.report = record_.report;
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
      call->Guarded([&] {
        if (call->running_) call->CancelOperation();
      });
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
  errors::Operation operation_ = errors::Operation::kCatalog;
  admission::Ticket ticket_;
  Request request_;
  v1::RetryOptions retry_;
  std::string caller_key_;
  // Bytes of the message as it arrived, then of the encoded body.
  std::size_t request_bytes_ = 0;
  std::unique_ptr<telemetry::CallObserver> observer_;
  telemetry::CallRecord record_;
  // Run was called.
  bool running_ = false;
  bool committed_ = false;
  bool completed_ = false;
  bool cancelled_ = false;
  // The service shuts down and ended the call.
  bool drained_ = false;
  std::shared_ptr<ServerCall> self_;
};

}  // namespace openrouter_images::rpc
