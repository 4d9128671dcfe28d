#pragma once

#include <absl/status/statusor.h>

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/generation.pb.h"
#include "service/http/transport.h"
#include "service/upstream/call_context.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "service/upstream/request/image_request.h"
#include "service/upstream/retry_loop.h"

namespace openrouter_images::upstream {

struct ApiOptions {
  // Root of the REST API without a slash at its end.
  std::string base_url;
  http::Timeouts timeouts;
  // Largest image that is accepted, in bytes.
  std::size_t max_image_bytes = 0;
  // With less time than this before the deadline, no attempt begins and none is dispatched.
  std::chrono::milliseconds minimum_to_dispatch{0};
};

// OpenRouter's Images API, one coroutine per operation. Requests are checked by the caller beforehand.
// Thread-safe: all state of a call is in its coroutine, which runs on the loop of `transport`. Coroutines run
// with throw_if_cancelled(false) set and answer a cancellation as a failure.
class ImagesApi {
 public:
  // `resources` refers to objects that outlive this one.
  ImagesApi(ApiOptions options, RetryLoopResources resources);

  // POST /images. `delivery` says what the upstream is asked for; the reply may be either form. Events go to
  // `sink` as they come; the last one, `completed`, is returned instead.
  boost::asio::awaitable<CallResult<v1::GenerationCompleted>> Generate(http::Transport& transport,
                                                                       const CallContext& call,
                                                                       v1::ImageSpec image, Delivery delivery,
                                                                       EventSink& sink) const;

  // GET /images/models.
  boost::asio::awaitable<CallResult<v1::ListImageModelsResponse>> ListImageModels(
      http::Transport& transport, const CallContext& call) const;

  // GET /images/models/{author}/{slug}/endpoints; `model` must have passed CheckModelPath.
  boost::asio::awaitable<CallResult<v1::ListImageModelEndpointsResponse>> ListImageModelEndpoints(
      http::Transport& transport, const CallContext& call, const std::string& model) const;

 private:
  RetriedRequest Generation(const v1::ImageSpec& image, Delivery delivery) const;
  ReplyLimits Limits() const;

  template <typename Response>
  boost::asio::awaitable<CallResult<Response>> GetDocument(
      http::Transport& transport, const CallContext& call, std::string path,
      absl::StatusOr<Response> (*read)(std::string_view body)) const;

  const ApiOptions options_;
  const RetryLoopResources resources_;
};

}  // namespace openrouter_images::upstream
