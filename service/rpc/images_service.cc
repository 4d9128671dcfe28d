#include "service/rpc/images_service.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "service/rpc/stream_call.h"
#include "service/rpc/unary_generation_call.h"

namespace openrouter_images::rpc {
namespace {

template <typename Request>
std::string ModelOf(const Request& request) {
  return request.image().model();
}
std::string ModelOf(const v1::ListImageModelsRequest&) {
  return "";
}
std::string ModelOf(const v1::ListImageModelEndpointsRequest& request) {
  return request.model();
}

template <typename Request>
Intake<Request> MakeIntake(std::string_view method, errors::Operation operation, const CheckRules& rules) {
  return {.method = method,
          .operation = operation,
          .read = [&rules](const grpc::ByteBuffer& bytes,
                           Request& request) { return Read(bytes, rules, request); },
          .model = [](const Request& request) { return ModelOf(request); }};
}

// gRPC passes the request as const and keeps it until the call is done. The buffer itself is not const, and
// its bytes are released as soon as they are parsed: a request can hold 32 MiB for minutes.
grpc::ByteBuffer& Releasable(const grpc::ByteBuffer* request) {
  return const_cast<grpc::ByteBuffer&>(*request);
}

}  // namespace

ImagesService::ImagesService(const upstream::ImagesApi& api, const CallEnvironment& environment,
                             CheckRules rules)
    : api_(api),
      environment_(environment),
      rules_(std::move(rules)),
      generate_(
          MakeIntake<v1::GenerateImagesRequest>("GenerateImages", errors::Operation::kGenerate, rules_)),
      stream_(MakeIntake<v1::StreamGenerateImagesRequest>("StreamGenerateImages",
                                                          errors::Operation::kGenerate, rules_)),
      list_models_(
          MakeIntake<v1::ListImageModelsRequest>("ListImageModels", errors::Operation::kCatalog, rules_)),
      list_endpoints_(MakeIntake<v1::ListImageModelEndpointsRequest>("ListImageModelEndpoints",
                                                                     errors::Operation::kCatalog, rules_)),
      read_models_(
          [&api](http::Transport& transport, const upstream::CallContext& call,
                 const v1::ListImageModelsRequest&) { return api.ListImageModels(transport, call); }),
      read_endpoints_([&api](http::Transport& transport, const upstream::CallContext& call,
                             const v1::ListImageModelEndpointsRequest& request) {
        return api.ListImageModelEndpoints(transport, call, request.model());
      }) {}

grpc::ServerUnaryReactor* ImagesService::GenerateImages(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  const auto call = std::make_shared<UnaryGenerationCall>(*context, *response, api_, environment_);
  call->Begin(Releasable(request), generate_);
  return call.get();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ImagesService::StreamGenerateImages(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  const auto call = std::make_shared<StreamCall>(*context, api_, environment_);
  call->Begin(Releasable(request), stream_);
  return call.get();
}

grpc::ServerUnaryReactor* ImagesService::ListImageModels(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  const auto call = std::make_shared<CatalogCall<v1::ListImageModelsRequest, v1::ListImageModelsResponse>>(
      *context, *response, read_models_, environment_);
  call->Begin(Releasable(request), list_models_);
  return call.get();
}

grpc::ServerUnaryReactor* ImagesService::ListImageModelEndpoints(grpc::CallbackServerContext* context,
                                                                 const grpc::ByteBuffer* request,
                                                                 grpc::ByteBuffer* response) {
  const auto call =
      std::make_shared<CatalogCall<v1::ListImageModelEndpointsRequest, v1::ListImageModelEndpointsResponse>>(
          *context, *response, read_endpoints_, environment_);
  call->Begin(Releasable(request), list_endpoints_);
  return call.get();
}

}  // namespace openrouter_images::rpc
