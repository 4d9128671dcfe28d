#pragma once

#include "openrouter_images/v1/images_service.grpc.pb.h"
#include "service/rpc/catalog_call.h"
#include "service/rpc/request_check.h"
#include "service/rpc/server_call.h"
#include "service/upstream/images_api.h"

namespace openrouter_images::rpc {

// The service as gRPC sees it: one adapter per method, without logic of its own. Takes raw bytes, see wire.h.
// Thread-safe; outlives the grpc::Server that it is registered with.
class ImagesService final : public v1::ImagesService::WithRawCallbackMethod_GenerateImages<
                                v1::ImagesService::WithRawCallbackMethod_StreamGenerateImages<
                                    v1::ImagesService::WithRawCallbackMethod_ListImageModels<
                                        v1::ImagesService::WithRawCallbackMethod_ListImageModelEndpoints<
                                            v1::ImagesService::Service>>>> {
 public:
  // Referenced objects outlive the service.
  ImagesService(const upstream::ImagesApi& api, const CallEnvironment& environment, CheckRules rules);

  grpc::ServerUnaryReactor* GenerateImages(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamGenerateImages(grpc::CallbackServerContext* context,
                                                                   const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ListImageModels(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListImageModelEndpoints(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) override;

 private:
  const upstream::ImagesApi& api_;
  const CallEnvironment environment_;
  const CheckRules rules_;
  const Intake<v1::GenerateImagesRequest> generate_;
  const Intake<v1::StreamGenerateImagesRequest> stream_;
  const Intake<v1::ListImageModelsRequest> list_models_;
  const Intake<v1::ListImageModelEndpointsRequest> list_endpoints_;
  const CatalogOperation<v1::ListImageModelsRequest, v1::ListImageModelsResponse> read_models_;
  const CatalogOperation<v1::ListImageModelEndpointsRequest, v1::ListImageModelEndpointsResponse>
      read_endpoints_;
};

}  // namespace openrouter_images::rpc
