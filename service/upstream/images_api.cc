#include "service/upstream/images_api.h"

#include <optional>
#include <utility>

#include "service/errors/redact.h"
#include "service/upstream/reply/catalog_reader.h"
#include "service/upstream/reply/document_reply.h"
#include "service/upstream/reply/generation_reply_receiver.h"
#include "service/upstream/request/image_request.h"
#include "service/upstream/request/model_path.h"

namespace openrouter_images::upstream {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEventStream = "text/event-stream";

}  // namespace

ImagesApi::ImagesApi(ApiOptions options, RetryLoopResources resources)
    : options_(std::move(options)), resources_(std::move(resources)) {}

RetriedRequest ImagesApi::Generation(const v1::ImageSpec& image, Delivery delivery) const {
  http::Request request;
  request.method = http::Method::kPost;
  request.url = options_.base_url + "/images";
  request.body = EncodeImageRequest(image, delivery);
  // A request that costs money has a connection of its own, so that libcurl never repeats it.
  request.connection = http::ConnectionUse::kFresh;
  request.timeouts = options_.timeouts;
  return {.operation = errors::Operation::kGenerate,
          .http = std::move(request),
          .accept = delivery == Delivery::kStreamed ? kEventStream : kJson,
          .minimum_time = options_.minimum_to_dispatch};
}

ReplyLimits ImagesApi::Limits() const {
  ReplyLimits limits;
  limits.max_image_bytes = options_.max_image_bytes;
  return limits;
}

asio::awaitable<CallResult<v1::GenerationCompleted>> ImagesApi::Generate(http::Transport& transport,
                                                                         const CallContext& call,
                                                                         v1::ImageSpec image,
                                                                         Delivery delivery,
                                                                         EventSink& sink) const {
  const int wanted = image.has_n() ? image.n() : 1;
  RetriedRequest request = Generation(image, delivery);
  // Not needed any more: every attempt sends the same encoded body.
  image.Clear();
  if (call.on_encoded) call.on_encoded(request.http.body.size());
  RetryLoop retry_loop(transport, call, resources_, std::move(request));
  std::optional<GenerationReplyReceiver> reply;
  auto failed = co_await retry_loop.Run([&](const AttemptContext& context) -> ReplyReceiver& {
    return reply.emplace(context, Limits(), wanted, transport, sink);
  });
  if (failed) co_return *std::move(failed);
  *reply->completed().mutable_call() = retry_loop.report();
  co_return std::move(reply->completed());
}

// A reply that is one JSON document, read by `read`.
template <typename Response>
asio::awaitable<CallResult<Response>> ImagesApi::GetDocument(
    http::Transport& transport, const CallContext& call, std::string path,
    absl::StatusOr<Response> (*read)(std::string_view body)) const {
  http::Request request;
  request.url = options_.base_url + path;
  request.timeouts = options_.timeouts;
  RetryLoop retry_loop(
      transport, call, resources_,
      {.operation = errors::Operation::kCatalog, .http = std::move(request), .accept = kJson});
  absl::StatusOr<Response> response;
  std::optional<DocumentReply> reply;
  auto failed = co_await retry_loop.Run([&](const AttemptContext& context) -> ReplyReceiver& {
    return reply.emplace(context, [&, key = context.key](std::string_view body) {
      response = read(body);
      // Some upstreams echo the key.
      if (response.ok()) errors::Redactor(key).Redact(*response);
      return response.status();
    });
  });
  if (failed) co_return *std::move(failed);
  *response->mutable_call() = retry_loop.report();
  co_return *std::move(response);
}

asio::awaitable<CallResult<v1::ListImageModelsResponse>> ImagesApi::ListImageModels(
    http::Transport& transport, const CallContext& call) const {
  return GetDocument<v1::ListImageModelsResponse>(transport, call, "/images/models", ReadModels);
}

asio::awaitable<CallResult<v1::ListImageModelEndpointsResponse>> ImagesApi::ListImageModelEndpoints(
    http::Transport& transport, const CallContext& call, const std::string& model) const {
  return GetDocument<v1::ListImageModelEndpointsResponse>(transport, call, EndpointsPath(model),
                                                          ReadEndpoints);
}

}  // namespace openrouter_images::upstream
