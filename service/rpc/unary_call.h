#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "service/rpc/server_call.h"

namespace openrouter::images::rpc {

// A unary operation; outlives its calls. Functions are called on many threads.
template <typename Request, typename Response>
struct UnaryMethod {
  Intake<Request> intake;
  std::function<boost::asio::awaitable<upstream::CallResult<Response>>(
      http::Client&, const upstream::CallContext&, const Request&)>
      run;
  // What of the response is worth logging.
  std::function<void(const Response&, telemetry::CallRecord&)> describe;
};

template <typename Request, typename Response>
class UnaryCall final : public ServerCall<grpc::ServerUnaryReactor, Request> {
 public:
  using Method = UnaryMethod<Request, Response>;

  UnaryCall(grpc::CallbackServerContext& context, grpc::ByteBuffer& response, const Method& method,
            const CallEnvironment& environment)
      : ServerCall<grpc::ServerUnaryReactor, Request>(context, environment),
        response_(response),
        method_(method) {}

 private:
  boost::asio::awaitable<void> Run() override {
    upstream::CallResult<Response> result =
        co_await method_.run(this->loop().client(), this->call(), this->request());
    if (auto* failed = std::get_if<upstream::FailedCall>(&result)) {
      Fail(std::move(*failed));
    } else {
      Succeed(std::get<Response>(result));
    }
  }

  void Succeed(const Response& response) {
    this->record().code = "OK";
    this->record().report = response.call();
    method_.describe(response, this->record());
    Serialize(response, response_);
    this->environment().observer.OnCallEnd(this->record());
    this->Finish(grpc::Status::OK);
  }

  void Fail(upstream::FailedCall failed) override {
    const grpc::Status status = this->StatusOf(std::move(failed));
    this->environment().observer.OnCallEnd(this->record());
    this->Finish(status);
  }

  grpc::ByteBuffer& response_;
  const Method& method_;
};

// Begins a call. `context`, `request` and `response` belong to gRPC and live until the call is done.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* StartUnary(grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
                                     grpc::ByteBuffer& response, const UnaryMethod<Request, Response>& method,
                                     const CallEnvironment& environment) {
  const auto call = std::make_shared<UnaryCall<Request, Response>>(context, response, method, environment);
  call->Begin(request, method.intake);
  return call.get();
}

}  // namespace openrouter::images::rpc
