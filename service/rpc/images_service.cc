#include "service/rpc/images_service.h"

#include <utility>

#include "service/rpc/call_end.h"

namespace openrouter::images::rpc {
namespace {

// A streamed call that ends before it begins.
class RefusedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

void Describe(const v1::GenerateImagesResponse& response, telemetry::CallRecord& record) {
  record.billing = v1::BILLING_OUTCOME_BILLED;
  record.images = response.images_size();
  for (const v1::GeneratedImage& image : response.images()) record.image_bytes += image.data().size();
  if (response.usage().has_cost()) record.cost_usd = response.usage().cost();
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
      generate_{
          .name = "GenerateImages",
          .check = [this](const v1::GenerateImagesRequest& request) { return Check(request, rules_); },
          .run =
              [&api](http::Client& client, const upstream::Call& call,
                     const v1::GenerateImagesRequest& request) {
                return api.GenerateImages(client, call, request.image());
              },
          .describe_request = [](const v1::GenerateImagesRequest& request,
                                 telemetry::CallRecord& record) { record.model = request.image().model(); },
          .describe_response = Describe},
      list_models_{
          .name = "ListImageModels",
          .check = [this](const v1::ListImageModelsRequest& request) { return Check(request, rules_); },
          .run = [&api](http::Client& client, const upstream::Call& call,
                        const v1::ListImageModelsRequest&) { return api.ListImageModels(client, call); },
          .describe_request = [](const v1::ListImageModelsRequest&, telemetry::CallRecord&) {},
          .describe_response = DescribeFree<v1::ListImageModelsResponse>},
      list_endpoints_{
          .name = "ListImageModelEndpoints",
          .check =
              [this](const v1::ListImageModelEndpointsRequest& request) { return Check(request, rules_); },
          .run =
              [&api](http::Client& client, const upstream::Call& call,
                     const v1::ListImageModelEndpointsRequest& request) {
                return api.ListImageModelEndpoints(client, call, request.model());
              },
          .describe_request = [](const v1::ListImageModelEndpointsRequest& request,
                                 telemetry::CallRecord& record) { record.model = request.model(); },
          .describe_response = DescribeFree<v1::ListImageModelEndpointsResponse>} {}

grpc::ServerUnaryReactor* ImagesService::GenerateImages(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return StartUnary(*context, *request, *response, generate_, environment_);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ImagesService::StreamGenerateImages(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer*) {
  telemetry::CallRecord record;
  record.method = "StreamGenerateImages";
  record.peer = context->peer();
  upstream::FailedCall failed;
  failed.failure =
      upstream::FromCondition(upstream::Operation::kGenerate, upstream::Condition::kNotImplemented, "");
  const grpc::Status status = EndWithFailure(std::move(failed), std::chrono::steady_clock::now(), record);
  environment_.observer.OnCallEnd(record);
  return new RefusedStream(status);
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
