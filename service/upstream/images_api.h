#pragma once

#include <absl/status/statusor.h>

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "openrouter/images/v1/catalog.pb.h"
#include "openrouter/images/v1/images_service.pb.h"
#include "service/http/client.h"
#include "service/upstream/call_context.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "service/upstream/request/image_request.h"
#include "service/upstream/retry_loop.h"

namespace openrouter::images::upstream {

struct ApiOptions {
  // Root of the REST API without a slash at its end.
  std::string base_url;
  http::Timeouts timeouts;
  // Largest picture that is taken.
  std::size_t max_picture_bytes = 0;
  // A generation is not begun with less time than this left.
  std::chrono::milliseconds minimum_to_dispatch{0};
  // Complete: every field set.
  v1::RetryOptions generate_retry;
  v1::RetryOptions catalog_retry;
};

// OpenRouter's Images API, one coroutine an operation. Requests are checked by the caller beforehand.
// Thread-safe: all state of a call is in its coroutine, which runs on the loop of `client`. Coroutines run
// with throw_if_cancelled(false) set and answer a cancellation as a failure.
class ImagesApi {
 public:
  // `resources` refers to objects that outlive this one.
  ImagesApi(ApiOptions options, RetryLoopResources resources);

  // POST /images, buffered.
  boost::asio::awaitable<CallResult<v1::GenerateImagesResponse>> GenerateImages(
      http::Client& client, const CallContext& call, const v1::ImageSpec& spec) const;

  // POST /images, streamed where the provider streams. Events go to `sink` as they come; the last one,
  // `completed`, is the result and left to the caller to send.
  boost::asio::awaitable<CallResult<v1::GenerationCompleted>> StreamGenerateImages(http::Client& client,
                                                                                   const CallContext& call,
                                                                                   const v1::ImageSpec& spec,
                                                                                   EventSink& sink) const;

  // GET /images/models.
  boost::asio::awaitable<CallResult<v1::ListImageModelsResponse>> ListImageModels(
      http::Client& client, const CallContext& call) const;

  // GET /images/models/{author}/{slug}/endpoints; `model` is "author/slug".
  boost::asio::awaitable<CallResult<v1::ListImageModelEndpointsResponse>> ListImageModelEndpoints(
      http::Client& client, const CallContext& call, const std::string& model) const;

 private:
  // POST /images. Events go to `sink` but for the last one, which is the result.
  boost::asio::awaitable<CallResult<v1::GenerationCompleted>> Generate(http::Client& client,
                                                                       const CallContext& call,
                                                                       const v1::ImageSpec& spec,
                                                                       Delivery delivery,
                                                                       EventSink& sink) const;
  RetryLoop::Subject Generation(const CallContext& call, const v1::ImageSpec& spec, Delivery delivery) const;
  ReplyLimits Limits() const;

  template <typename Response>
  boost::asio::awaitable<CallResult<Response>> GetDocument(
      http::Client& client, const CallContext& call, std::string path,
      absl::StatusOr<Response> (*read)(std::string_view body)) const;

  const ApiOptions options_;
  const RetryLoopResources resources_;
};

}  // namespace openrouter::images::upstream
