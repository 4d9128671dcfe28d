#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "openrouter/images/v1/images_service.grpc.pb.h"
#include "openrouter_images/image_stream.h"
#include "openrouter_images/result.h"

namespace openrouter::images::client {

// How one call is made.
struct CallSettings {
  // The call's deadline, counted from its start; above zero. Default: 300 s for Generate and Stream, 60 s
  // for the catalog.
  std::optional<std::chrono::milliseconds> timeout;
  // Cancels the call when a stop is requested: it then ends with CANCELLED. A generation that is cancelled
  // after it was dispatched may have been billed.
  std::stop_token cancellation;
};

// The images service as blocking, typed calls.
//
//   ImagesClient client(MakeChannel("localhost:50051"));
//   v1::GenerateImagesRequest request;
//   request.mutable_image()->set_model("bytedance-seed/seedream-4.5");
//   request.mutable_image()->set_prompt("a red panda astronaut");
//   Result<v1::GenerateImagesResponse> result = client.Generate(request);
//
// Thread-safe: any number of calls may run at once on one client, each blocking its own thread. No call
// throws, and none is repeated here beyond what MakeChannel describes.
class ImagesClient {
 public:
  // A channel of MakeChannel, or one that has no receive limit either: what ImagesError says of money relies
  // on it.
  explicit ImagesClient(std::shared_ptr<grpc::Channel> channel);
  // For tests.
  explicit ImagesClient(std::unique_ptr<v1::ImagesService::StubInterface> stub);

  // Costs money. The whole reply is held in memory: the images, 0.1 to 30 MB each.
  Result<v1::GenerateImagesResponse> Generate(const v1::GenerateImagesRequest& request,
                                              const CallSettings& settings = {}) const;

  // Costs money. Hands everything to the listener as it comes, holds at most one preview and one piece of a
  // image, and verifies what was received: see StreamedImages and ReadImageStream for the outcome. Blocks
  // until the end.
  Result<StreamedImages> Stream(const v1::StreamGenerateImagesRequest& request, StreamListener& listener,
                                const CallSettings& settings = {}) const;

  Result<v1::ListImageModelsResponse> ListModels(const CallSettings& settings = {}) const;

  // `model` is "author/slug".
  Result<v1::ListImageModelEndpointsResponse> ListEndpoints(const std::string& model,
                                                            const CallSettings& settings = {}) const;

 private:
  std::unique_ptr<v1::ImagesService::StubInterface> stub_;
};

}  // namespace openrouter::images::client
