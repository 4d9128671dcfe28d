#include "service/rpc/images_service.h"

#include <utility>

namespace openrouter::images::rpc {
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
Intake<Request> MakeIntake(std::string_view name, const CheckRules& rules) {
  return {.name = name,
          .check = [&rules](const Request& request) { return Check(request, rules); },
          .describe = [](const Request& request,
                         telemetry::CallRecord& record) { record.model = ModelOf(request); }};
}

void DescribeGeneration(const v1::ImageUsage& usage, telemetry::CallRecord& record) {
  record.billing = v1::BILLING_OUTCOME_BILLED;
  if (usage.has_cost()) record.cost_usd = usage.cost();
}

void Describe(const v1::GenerateImagesResponse& response, telemetry::CallRecord& record) {
  DescribeGeneration(response.usage(), record);
  record.images = response.images_size();
  for (const v1::GeneratedImage& image : response.images()) record.image_bytes += image.data().size();
}

void DescribeStream(const v1::GenerationCompleted& completed, telemetry::CallRecord& record) {
  DescribeGeneration(completed.usage(), record);
  record.images = completed.images_size();
  for (const v1::ImageInfo& image : completed.images()) record.image_bytes += image.size_bytes();
}

template <typename Response>
void DescribeFree(const Response&, telemetry::CallRecord& record) {
  record.billing = v1::BILLING_OUTCOME_NOT_BILLED;
}

}  // namespace

ImagesService::ImagesService(const upstream::ImagesApi& api, const CallEnvironment& environment,
                             CheckRules rules)
    : environment_(environment),
      rules_(std::move(rules)),
      generate_{.intake = MakeIntake<v1::GenerateImagesRequest>("GenerateImages", rules_),
                .run =
                    [&api](http::Client& client, const upstream::CallContext& call,
                           const v1::GenerateImagesRequest& request) {
                      return api.GenerateImages(client, call, request.image());
                    },
                .describe = Describe},
      stream_{.intake = MakeIntake<v1::StreamGenerateImagesRequest>("StreamGenerateImages", rules_),
              .run =
                  [&api](http::Client& client, const upstream::CallContext& call,
                         const v1::StreamGenerateImagesRequest& request, upstream::EventSink& sink) {
                    return api.StreamGenerateImages(client, call, request.image(), sink);
                  },
              .describe = DescribeStream},
      list_models_{
          .intake = MakeIntake<v1::ListImageModelsRequest>("ListImageModels", rules_),
          .run = [&api](http::Client& client, const upstream::CallContext& call,
                        const v1::ListImageModelsRequest&) { return api.ListImageModels(client, call); },
          .describe = DescribeFree<v1::ListImageModelsResponse>},
      list_endpoints_{
          .intake = MakeIntake<v1::ListImageModelEndpointsRequest>("ListImageModelEndpoints", rules_),
          .run =
              [&api](http::Client& client, const upstream::CallContext& call,
                     const v1::ListImageModelEndpointsRequest& request) {
                return api.ListImageModelEndpoints(client, call, request.model());
              },
          .describe = DescribeFree<v1::ListImageModelEndpointsResponse>} {}

grpc::ServerUnaryReactor* ImagesService::GenerateImages(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return StartUnary(*context, *request, *response, generate_, environment_);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ImagesService::StreamGenerateImages(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return StartStream(*context, *request, stream_, environment_);
}

grpc::ServerUnaryReactor* ImagesService::ListImageModels(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return StartUnary(*context, *request, *response, list_models_, environment_);
}

grpc::ServerUnaryReactor* ImagesService::ListImageModelEndpoints(grpc::CallbackServerContext* context,
                                                                 const grpc::ByteBuffer* request,
                                                                 grpc::ByteBuffer* response) {
  return StartUnary(*context, *request, *response, list_endpoints_, environment_);
}

}  // namespace openrouter::images::rpc
