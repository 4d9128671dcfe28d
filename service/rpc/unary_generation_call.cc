#include "service/rpc/unary_generation_call.h"

#include <utility>

namespace openrouter_images::rpc {

UnaryGenerationCall::UnaryGenerationCall(grpc::CallbackServerContext& context, grpc::ByteBuffer& response,
                                         const upstream::ImagesApi& api, const CallEnvironment& environment)
    : GenerationCall(context, api, upstream::Delivery::kBuffered, environment), response_(response) {}

void UnaryGenerationCall::TakeEvents() {
  while (auto event = NextEvent()) builder_.Take(*std::move(event));
  HoldBytes(builder_.bytes());
  EndIfOver();
}

void UnaryGenerationCall::Succeed(v1::GenerationCompleted completed) {
  response_ = std::move(builder_).Build(std::move(completed));
  Complete(grpc::Status::OK);
}

void UnaryGenerationCall::Fail(upstream::FailedCall failed) {
  Complete(StatusOf(std::move(failed)));
}

}  // namespace openrouter_images::rpc
