#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "openrouter_images/image_stream.h"
#include "openrouter_images/result.h"
#include "openrouter_images/v1/images_service.grpc.pb.h"

namespace openrouter_images::client {

// Settings of one call.
struct CallSettings {
  // The call's deadline, counted from its start; above zero. Default: 300 s for Generate and Stream, 60 s for
  // the catalog. When it passes, the call ends with DEADLINE_EXCEEDED or UNKNOWN.
  std::optional<std::chrono::milliseconds> timeout;
  // Cancels the call when a stop is requested, from any thread: the call then ends with CANCELLED. A
  // generation that is cancelled after it was dispatched may have been billed.
  std::stop_token cancellation;
  // An OpenRouter API key of the caller's own, to be billed instead of the service's; the operator has to
  // allow that. Empty: none. Goes as call metadata. One with characters other than printable ASCII ends the
  // call with INVALID_ARGUMENT before anything is sent.
  std::string api_key = {};
};

// The images service as blocking, typed calls. A loop that makes an image and waits as long as the service
// says before it asks again:
//
//   using namespace openrouter_images;
//   const client::ImagesClient images(client::MakeChannel("localhost:50051"));
//   v1::GenerateImagesRequest request;
//   request.mutable_image()->set_model("bytedance-seed/seedream-4.5");
//   request.mutable_image()->set_prompt("a red panda astronaut");
//   for (int attempt = 1;; ++attempt) {
//     const client::Result<v1::GenerateImagesResponse> result = images.Generate(request);
//     if (result.ok()) return Save(result->images());
//     // Set only where waiting helps and nothing was billed.
//     const auto delay = result.error().retry_delay;
//     if (!delay.has_value() || attempt == 3) return Report(result.error().ToString());
//     std::this_thread::sleep_for(*delay);
//   }
//
// Thread-safe: any number of calls may run at once on one client, each blocking its own thread. The client
// must outlive its calls. Errors come as Result, never as exceptions. No call is repeated here beyond what
// MakeChannel describes.
class ImagesClient {
 public:
  // Shares the channel: one of MakeChannel, or one that has no receive limit either, since a limit that is
  // exceeded loses a paid reply.
  explicit ImagesClient(std::shared_ptr<grpc::Channel> channel);
  // For tests.
  explicit ImagesClient(std::unique_ptr<v1::ImagesService::StubInterface> stub);

  // Makes images. Costs money. The whole reply is held in memory, with 0.1 to 30 MB for each image.
  Result<v1::GenerateImagesResponse> Generate(const v1::GenerateImagesRequest& request,
                                              const CallSettings& settings = {}) const;

  // The same as a stream. Costs money. Hands everything to the listener as it arrives, holds at most one
  // preview and one chunk of an image, and verifies what was received: see StreamedImages and
  // ReadImageStream for the outcome. Blocks until the end.
  Result<StreamedImages> Stream(const v1::StreamGenerateImagesRequest& request, StreamListener& listener,
                                const CallSettings& settings = {}) const;

  // The models that make images. Free.
  Result<v1::ListImageModelsResponse> ListModels(const CallSettings& settings = {}) const;

  // The providers of one model, with prices and parameters. Free. `model` is "author/slug".
  Result<v1::ListImageModelEndpointsResponse> ListEndpoints(const std::string& model,
                                                            const CallSettings& settings = {}) const;

 private:
  std::unique_ptr<v1::ImagesService::StubInterface> stub_;
};

}  // namespace openrouter_images::client
