#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "google/rpc/status.pb.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/images_service.grpc.pb.h"

namespace openrouter_images::client {

// The images service as a script, on a free loopback port over real gRPC. A test sets the handlers before its
// calls; a call without a handler ends with OK and an empty reply.
class FakeImagesServer final : public v1::ImagesService::Service {
 public:
  // `max_request_bytes` of -1 is no limit.
  explicit FakeImagesServer(
      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials(),
      int max_request_bytes = -1);
  ~FakeImagesServer() override;

  // "localhost:PORT".
  std::string target() const { return "localhost:" + std::to_string(port_); }

  std::function<grpc::Status(grpc::ServerContext&, const v1::GenerateImagesRequest&,
                             v1::GenerateImagesResponse&)>
      on_generate;
  std::function<grpc::Status(grpc::ServerContext&, const v1::StreamGenerateImagesRequest&,
                             grpc::ServerWriter<v1::StreamGenerateImagesResponse>&)>
      on_stream;
  std::function<grpc::Status(const v1::ListImageModelsRequest&, v1::ListImageModelsResponse&)> on_list_models;
  std::function<grpc::Status(const v1::ListImageModelEndpointsRequest&, v1::ListImageModelEndpointsResponse&)>
      on_list_endpoints;

  std::atomic<int> generate_calls = 0;
  std::atomic<int> stream_calls = 0;
  std::atomic<int> list_models_calls = 0;
  std::atomic<int> list_endpoints_calls = 0;

  grpc::Status GenerateImages(grpc::ServerContext* context, const v1::GenerateImagesRequest* request,
                              v1::GenerateImagesResponse* response) override;
  grpc::Status StreamGenerateImages(grpc::ServerContext* context,
                                    const v1::StreamGenerateImagesRequest* request,
                                    grpc::ServerWriter<v1::StreamGenerateImagesResponse>* writer) override;
  grpc::Status ListImageModels(grpc::ServerContext* context, const v1::ListImageModelsRequest* request,
                               v1::ListImageModelsResponse* response) override;
  grpc::Status ListImageModelEndpoints(grpc::ServerContext* context,
                                       const v1::ListImageModelEndpointsRequest* request,
                                       v1::ListImageModelEndpointsResponse* response) override;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A status as the service makes it: `details` packed as its details.
template <typename... Details>
grpc::Status RichStatus(grpc::StatusCode code, const std::string& message, const Details&... details) {
  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(message);
  (rich.add_details()->PackFrom(details), ...);
  return grpc::Status(code, message, rich.SerializeAsString());
}

// A port of this machine on which nobody listens.
int ClosedPort();

}  // namespace openrouter_images::client
