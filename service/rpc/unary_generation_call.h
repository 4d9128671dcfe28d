#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "service/rpc/generation_call.h"
#include "service/rpc/response_builder.h"

namespace openrouter_images::rpc {

// GenerateImages: collects the images of a generation and answers with all of them in one message.
class UnaryGenerationCall final : public GenerationCall<grpc::ServerUnaryReactor, v1::GenerateImagesRequest> {
 public:
  UnaryGenerationCall(grpc::CallbackServerContext& context, grpc::ByteBuffer& response,
                      const upstream::ImagesApi& api, const CallEnvironment& environment);

 private:
  void TakeEvents() override;
  void Succeed(v1::GenerationCompleted completed) override;
  void Fail(upstream::FailedCall failed) override;

  // Belongs to gRPC and lives until the call is done.
  grpc::ByteBuffer& response_;
  ResponseBuilder builder_;
};

}  // namespace openrouter_images::rpc
