#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

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
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "service/http/event_loop.h"
#include "service/rpc/call_end.h"
#include "service/rpc/deadline.h"
#include "service/rpc/wire.h"
#include "service/telemetry/call_record.h"
#include "service/upstream/call.h"
#include "service/upstream/image_request_check.h"

namespace openrouter::images::rpc {

// What all calls share; outlives them.
struct CallEnvironment {
  http::EventLoopPool& loops;
  telemetry::CallObserver& observer;
  // Time of a call whose caller gives no deadline.
  std::chrono::milliseconds default_timeout;
  bool allow_caller_api_keys;
};

// A unary operation: how its request is checked and carried out. Outlives its calls; its functions are called on many
// threads.
template <typename Request, typename Response>
struct UnaryMethod {
  std::string_view name;
  // Every violation of the request; empty when it is fine.
  std::function<upstream::Violations(const Request&)> check;
  std::function<boost::asio::awaitable<upstream::CallResult<Response>>(http::Client&, const upstream::Call&,
                                                                       const Request&)>
      run;
  // What is worth logging.
  std::function<void(const Request&, telemetry::CallRecord&)> describe_request;
  std::function<void(const Response&, telemetry::CallRecord&)> describe_response;
};

// One unary call: bytes come in on a thread of gRPC, are checked, and the rest happens on one event loop, where also a
// cancellation arrives. Owns itself until gRPC is done with it and its coroutine has ended, whichever comes last.
template <typename Request, typename Response>
class UnaryCall final : public grpc::ServerUnaryReactor,
                        public std::enable_shared_from_this<UnaryCall<Request, Response>> {
 public:
  using Method = UnaryMethod<Request, Response>;

  // `context`, `request` and `response` belong to gRPC and live until the call is done.
  static grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
                                         grpc::ByteBuffer& response, const Method& method,
                                         const CallEnvironment& environment) {
    auto call = std::shared_ptr<UnaryCall>(new UnaryCall(context, response, method, environment));
    call->self_ = call;
    call->Begin(request);
    return call.get();
  }

 private:
  UnaryCall(grpc::CallbackServerContext& context, grpc::ByteBuffer& response, const Method& method,
            const CallEnvironment& environment)
      : context_(context),
        response_(response),
        method_(method),
        environment_(environment),
        loop_(environment.loops.Next()) {
    record_.method = method.name;
    record_.peer = context.peer();
    call_.arrival = std::chrono::steady_clock::now();
    call_.deadline = WorkDeadline(context.deadline(), std::chrono::system_clock::now(), call_.arrival,
                                  environment.default_timeout);
    call_.on_dispatch = [this] { CommitOnce(); };
  }

  void Begin(const grpc::ByteBuffer& request) {
    if (!Parse(request, request_)) {
      return Refuse(upstream::FromCondition(upstream::Operation::kGenerate, upstream::Condition::kMalformedMessage, ""));
    }
    method_.describe_request(request_, record_);
    if (auto violations = method_.check(request_); !violations.empty()) {
      return Refuse(upstream::InvalidRequest(std::move(violations)));
    }
    if (request_.options().has_api_key() && !environment_.allow_caller_api_keys) {
      return Refuse(upstream::FromCondition(upstream::Operation::kGenerate, upstream::Condition::kCallerKeyNotAllowed, ""));
    }
    call_.options = request_.options();
    boost::asio::co_spawn(loop_.context(), Run(),
                          boost::asio::bind_cancellation_slot(
                              cancellation_.slot(), [call = this->shared_from_this()](std::exception_ptr error) {
                                if (error) call->Refuse(InternalFailure(error, call->committed_));
                              }));
  }

  boost::asio::awaitable<void> Run() {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    upstream::CallResult<Response> result = co_await method_.run(loop_.client(), call_, request_);
    if (auto* failed = std::get_if<upstream::FailedCall>(&result)) {
      End(*std::move(failed));
    } else {
      End(std::get<Response>(result));
    }
  }

  // From here on the call is committed: clients and meshes that see response headers do not repeat it.
  void CommitOnce() {
    if (std::exchange(committed_, true)) return;
    StartSendInitialMetadata();
  }

  void Refuse(upstream::Failure failure) {
    upstream::FailedCall failed;
    failed.failure = std::move(failure);
    End(std::move(failed));
  }

  void End(const Response& response) {
    record_.code = "OK";
    record_.report = response.call();
    method_.describe_response(response, record_);
    Serialize(response, response_);
    environment_.observer.OnCallEnd(record_);
    Finish(grpc::Status::OK);
  }

  void End(upstream::FailedCall failed) {
    if (committed_) ForbidRetry(context_);
    const grpc::Status status = EndWithFailure(std::move(failed), call_.arrival, record_);
    environment_.observer.OnCallEnd(record_);
    Finish(status);
  }

  void OnCancel() override {
    boost::asio::post(loop_.context(), [call = this->shared_from_this()] {
      call->cancellation_.emit(boost::asio::cancellation_type::terminal);
    });
  }

  void OnDone() override { self_.reset(); }

  grpc::CallbackServerContext& context_;
  grpc::ByteBuffer& response_;
  const Method& method_;
  const CallEnvironment& environment_;
  http::EventLoop& loop_;
  Request request_;
  upstream::Call call_;
  telemetry::CallRecord record_;
  bool committed_ = false;
  boost::asio::cancellation_signal cancellation_;
  std::shared_ptr<UnaryCall> self_;
};

// See UnaryCall::Start.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* StartUnary(grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
                                     grpc::ByteBuffer& response, const UnaryMethod<Request, Response>& method,
                                     const CallEnvironment& environment) {
  return UnaryCall<Request, Response>::Start(context, request, response, method, environment);
}

}  // namespace openrouter::images::rpc
