#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include "service/operations/task.h"
#include "service/rpc/server_call.h"
#include "service/upstream/call_context.h"
#include "service/upstream/failed_call.h"

namespace openrouter_images::rpc {

// Carries out one catalog method. Called on many threads.
template <typename Request, typename Response>
using CatalogOperation = std::function<boost::asio::awaitable<upstream::CallResult<Response>>(
    http::Transport&, const upstream::CallContext&, const Request&)>;

// A unary call for the catalog: free, without events.
template <typename Request, typename Response>
class CatalogCall final : public ServerCall<grpc::ServerUnaryReactor, Request> {
 public:
  // `response` belongs to gRPC and lives until the call is done; `operation` outlives the call.
  CatalogCall(grpc::CallbackServerContext& context, grpc::ByteBuffer& response,
              const CatalogOperation<Request, Response>& operation, const CallEnvironment& environment)
      : ServerCall<grpc::ServerUnaryReactor, Request>(context, environment),
        response_(response),
        operation_(operation) {}

 private:
  void Run() override {
    call_context_ = this->TakeContext();
    task_.Start(this->loop().context(), Ask(),
                [this, self = this->shared_from_this()](const std::exception_ptr& error) {
                  this->Guarded([&] {
                    if (error) std::rethrow_exception(error);
                  });
                });
  }

  boost::asio::awaitable<void> Ask() {
    upstream::CallResult<Response> result =
        co_await operation_(this->loop().client(), call_context_, this->request());
    if (auto* failed = std::get_if<upstream::FailedCall>(&result)) {
      Fail(std::move(*failed));
    } else {
      Succeed(std::get<Response>(result));
    }
  }

  void Succeed(const Response& response) {
    this->record().code = "OK";
    this->record().billing = v1::BILLING_OUTCOME_NOT_BILLED;
    this->record().report = response.call();
    Serialize(response, response_);
    this->Complete(grpc::Status::OK);
  }

  void Fail(upstream::FailedCall failed) override { this->Complete(this->StatusOf(std::move(failed))); }

  void CancelOperation() override { task_.Cancel(); }

  grpc::ByteBuffer& response_;
  const CatalogOperation<Request, Response>& operation_;
  upstream::CallContext call_context_;
  operations::Task task_;
};

}  // namespace openrouter_images::rpc
