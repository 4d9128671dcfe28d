#include "client/images_client.h"

#include <grpcpp/client_context.h>

#include <string_view>
#include <utility>

namespace openrouter::images::client {
namespace {

constexpr std::chrono::milliseconds kGenerateTimeout = std::chrono::seconds(300);
constexpr std::chrono::milliseconds kCatalogTimeout = std::chrono::seconds(60);

// A call's peer is the address of its connection and, as long as it has none, the channel's target as it was
// written. A target that is itself an address ("ipv4:10.0.0.1:50051") cannot be told apart and counts as a
// connection, to be on the safe side; so does what is not understood.
CallProgress ProgressOf(const grpc::ClientContext& context) {
  const std::string peer = context.peer();
  if (peer.empty() || peer == "inproc" || peer == "unknown") return CallProgress::kPossiblySent;
  for (std::string_view scheme : {"ipv4:", "ipv6:", "unix:", "unix-abstract:", "vsock:", "fd:"}) {
    if (peer.starts_with(scheme)) return CallProgress::kPossiblySent;
  }
  return CallProgress::kNeverSent;
}

template <typename Response, typename Call>
Result<Response> Invoke(const CallSettings& settings, std::chrono::milliseconds default_timeout,
                        CallCost cost, Call call) {
  grpc::ClientContext context;
  // gRPC wants the deadline on the system's clock and turns it into a time span at once.
  context.set_deadline(std::chrono::system_clock::now() + settings.timeout.value_or(default_timeout));
  Response response;
  grpc::Status status;
  {
    std::stop_callback cancel(settings.cancellation, [&context] { context.TryCancel(); });
    status = call(context, response);
  }
  if (status.ok()) return response;
  return ImagesError::FromStatus(status, cost, ProgressOf(context));
}

}  // namespace

ImagesClient::ImagesClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(v1::ImagesService::NewStub(std::move(channel))) {}

ImagesClient::ImagesClient(std::unique_ptr<v1::ImagesService::StubInterface> stub) : stub_(std::move(stub)) {}

Result<v1::GenerateImagesResponse> ImagesClient::Generate(const v1::GenerateImagesRequest& request,
                                                          const CallSettings& settings) const {
  return Invoke<v1::GenerateImagesResponse>(settings, kGenerateTimeout, CallCost::kPaid,
                                            [&](grpc::ClientContext& context, auto& response) {
                                              return stub_->GenerateImages(&context, request, &response);
                                            });
}

Result<v1::ListImageModelsResponse> ImagesClient::ListModels(const CallSettings& settings) const {
  return Invoke<v1::ListImageModelsResponse>(
      settings, kCatalogTimeout, CallCost::kFree, [&](grpc::ClientContext& context, auto& response) {
        return stub_->ListImageModels(&context, v1::ListImageModelsRequest(), &response);
      });
}

Result<v1::ListImageModelEndpointsResponse> ImagesClient::ListEndpoints(const std::string& model,
                                                                        const CallSettings& settings) const {
  v1::ListImageModelEndpointsRequest request;
  request.set_model(model);
  return Invoke<v1::ListImageModelEndpointsResponse>(
      settings, kCatalogTimeout, CallCost::kFree, [&](grpc::ClientContext& context, auto& response) {
        return stub_->ListImageModelEndpoints(&context, request, &response);
      });
}

}  // namespace openrouter::images::client
