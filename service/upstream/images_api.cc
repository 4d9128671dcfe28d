#include "service/upstream/images_api.h"

#include <optional>
#include <utility>

#include "service/base/overlay.h"
#include "service/http/url.h"
#include "service/upstream/reply/catalog_reader.h"
#include "service/upstream/reply/document_reply.h"
#include "service/upstream/reply/generation_reply_receiver.h"
#include "service/upstream/request/image_request.h"

namespace openrouter::images::upstream {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEventStream = "text/event-stream";

// Puts the response of a unary call together.
class ResponseCollector final : public EventSink {
 public:
  void Send(v1::StreamGenerateImagesResponse event) override {
    if (event.has_generation_started()) response_.Clear();
    if (!event.has_image_chunk()) return;
    v1::ImageChunk& chunk = *event.mutable_image_chunk();
    while (response_.images_size() <= chunk.index()) response_.add_images();
    std::string& data = *response_.mutable_images(chunk.index())->mutable_data();
    if (data.empty()) {
      data = std::move(*chunk.mutable_data());
    } else {
      data += chunk.data();
    }
  }
  bool Delivers() const override { return false; }
  bool Full() const override { return false; }
  void WhenReady(std::function<void()> /*resume*/) override {}

  v1::GenerateImagesResponse Complete(v1::GenerationCompleted completed) {
    response_.set_created(completed.created());
    for (int i = 0; i < response_.images_size(); ++i) {
      response_.mutable_images(i)->mutable_info()->Swap(completed.mutable_images(i));
    }
    if (completed.has_usage()) response_.mutable_usage()->Swap(completed.mutable_usage());
    if (completed.has_call()) response_.mutable_call()->Swap(completed.mutable_call());
    if (completed.has_additional_fields()) {
      response_.mutable_additional_fields()->Swap(completed.mutable_additional_fields());
    }
    return std::move(response_);
  }

 private:
  v1::GenerateImagesResponse response_;
};

}  // namespace

ImagesApi::ImagesApi(ApiOptions options, RetryLoopResources resources)
    : options_(std::move(options)), resources_(std::move(resources)) {}

RetryLoop::Subject ImagesApi::Generation(const CallContext& call, const v1::ImageSpec& spec,
                                         Delivery delivery) const {
  http::Request request;
  request.method = http::Method::kPost;
  request.url = options_.base_url + "/images";
  request.body = EncodeImageRequest(spec, delivery);
  // What costs money has a connection to itself, so that nothing repeats it unseen.
  request.connection = http::ConnectionUse::kFresh;
  request.timeouts = options_.timeouts;
  return {.operation = errors::Operation::kGenerate,
          .request = std::move(request),
          .accept = delivery == Delivery::kStreamed ? kEventStream : kJson,
          .retry = base::Overlay(options_.generate_retry, call.options.retry()),
          .minimum_time = options_.minimum_to_dispatch};
}

ReplyLimits ImagesApi::Limits() const {
  ReplyLimits limits;
  limits.max_image_bytes = options_.max_picture_bytes;
  return limits;
}

asio::awaitable<CallResult<v1::GenerateImagesResponse>> ImagesApi::GenerateImages(
    http::Client& client, const CallContext& call, const v1::ImageSpec& spec) const {
  ResponseCollector collector;
  CallResult<v1::GenerationCompleted> result =
      co_await Generate(client, call, spec, Delivery::kBuffered, collector);
  if (auto* failed = std::get_if<FailedCall>(&result)) co_return std::move(*failed);
  co_return collector.Complete(std::get<v1::GenerationCompleted>(std::move(result)));
}

asio::awaitable<CallResult<v1::GenerationCompleted>> ImagesApi::StreamGenerateImages(
    http::Client& client, const CallContext& call, const v1::ImageSpec& spec, EventSink& sink) const {
  return Generate(client, call, spec, Delivery::kStreamed, sink);
}

asio::awaitable<CallResult<v1::GenerationCompleted>> ImagesApi::Generate(http::Client& client,
                                                                         const CallContext& call,
                                                                         const v1::ImageSpec& spec,
                                                                         Delivery delivery,
                                                                         EventSink& sink) const {
  RetryLoop retry_loop(client, call, resources_, Generation(call, spec, delivery));
  std::optional<GenerationReplyReceiver> reply;
  auto failed = co_await retry_loop.Run([&](const AttemptContext& context) -> ReplyReceiver& {
    return reply.emplace(context, Limits(), spec.has_n() ? spec.n() : 1, client, sink);
  });
  if (failed) co_return *std::move(failed);
  *reply->completed().mutable_call() = retry_loop.report();
  co_return std::move(reply->completed());
}

// A reply that is one JSON document, read by `read`.
template <typename Response>
asio::awaitable<CallResult<Response>> ImagesApi::GetDocument(
    http::Client& client, const CallContext& call, std::string path,
    absl::StatusOr<Response> (*read)(std::string_view body)) const {
  http::Request request;
  request.url = options_.base_url + path;
  request.timeouts = options_.timeouts;
  RetryLoop retry_loop(client, call, resources_,
                       {.operation = errors::Operation::kCatalog,
                        .request = std::move(request),
                        .accept = kJson,
                        .retry = base::Overlay(options_.catalog_retry, call.options.retry())});
  absl::StatusOr<Response> response;
  std::optional<DocumentReply> reply;
  auto failed = co_await retry_loop.Run([&](const AttemptContext& context) -> ReplyReceiver& {
    return reply.emplace(context, [&](std::string_view body) {
      response = read(body);
      return response.status();
    });
  });
  if (failed) co_return *std::move(failed);
  *response->mutable_call() = retry_loop.report();
  co_return *std::move(response);
}

asio::awaitable<CallResult<v1::ListImageModelsResponse>> ImagesApi::ListImageModels(
    http::Client& client, const CallContext& call) const {
  return GetDocument<v1::ListImageModelsResponse>(client, call, "/images/models", ReadModels);
}

asio::awaitable<CallResult<v1::ListImageModelEndpointsResponse>> ImagesApi::ListImageModelEndpoints(
    http::Client& client, const CallContext& call, const std::string& model) const {
  const std::size_t slash = model.find('/');
  const std::string author = http::EscapePathSegment(std::string_view(model).substr(0, slash));
  const std::string slug = http::EscapePathSegment(std::string_view(model).substr(slash + 1));
  return GetDocument<v1::ListImageModelEndpointsResponse>(
      client, call, "/images/models/" + author + "/" + slug + "/endpoints", ReadEndpoints);
}

}  // namespace openrouter::images::upstream
