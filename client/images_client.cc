#include "openrouter_images/images_client.h"

#include <absl/strings/ascii.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace openrouter_images::client {
namespace {

constexpr char kApiKeyHeader[] = "openrouter-api-key";
constexpr char kCallIdHeader[] = "openrouter-images-call-id";

constexpr std::chrono::milliseconds kGenerateTimeout = std::chrono::seconds(300);
constexpr std::chrono::milliseconds kCatalogTimeout = std::chrono::seconds(60);

// Until response headers arrive a call's peer is the channel's target as it was written, afterwards the
// address of its connection. A target that is itself an address cannot be distinguished, and counts as an
// answer.
bool ServerAnswered(const grpc::ClientContext& context) {
  const std::string peer = context.peer();
  if (peer.empty() || peer == "inproc" || peer == "unknown") return true;
  for (std::string_view scheme : {"ipv4:", "ipv6:", "unix:", "unix-abstract:", "vsock:", "fd:"}) {
    if (peer.starts_with(scheme)) return true;
  }
  return false;
}

// The id that the service gave the call, in its response headers; empty without one. Only after the headers
// came, or the call ended.
std::string CallId(const grpc::ClientContext& context) {
  const auto& headers = context.GetServerInitialMetadata();
  const auto header = headers.find(kCallIdHeader);
  return header == headers.end() ? "" : std::string(header->second.data(), header->second.size());
}

// gRPC has no flag for "never handed to a connection": it says so in words, which differ by load balancing
// policy and resolver. They are believed only when no server answered, since a server may send any words; and
// should a newer gRPC choose others, the call counts as possibly sent.
CallProgress ProgressOf(const grpc::ClientContext& context, const grpc::Status& status) {
  if (!CallId(context).empty()) return CallProgress::kAccepted;
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE || ServerAnswered(context)) {
    return CallProgress::kPossiblySent;
  }
  for (std::string_view words : {"connections to all backends failing", "failed to connect to all addresses",
                                 "DNS resolution failed"}) {
    if (status.error_message().starts_with(words)) return CallProgress::kNeverSent;
  }
  return CallProgress::kPossiblySent;
}

ImagesError ErrorOf(const grpc::ClientContext& context, const grpc::Status& status, CallCost cost,
                    std::size_t request_bytes) {
  ImagesError error = ImagesError::FromStatus(status, cost, ProgressOf(context, status), request_bytes);
  if (error.call_id.empty()) error.call_id = CallId(context);
  return error;
}

// Deadline and metadata of a call. An error when the key cannot be sent: gRPC ends the process over it.
std::optional<ImagesError> Prepare(grpc::ClientContext& context, const CallSettings& settings,
                                   std::chrono::milliseconds default_timeout) {
  // gRPC wants the deadline on the system's clock and turns it into a time span at once.
  context.set_deadline(std::chrono::system_clock::now() + settings.timeout.value_or(default_timeout));
  if (settings.api_key.empty()) return std::nullopt;
  if (!std::ranges::all_of(settings.api_key, absl::ascii_isgraph)) {
    const grpc::Status refused(grpc::StatusCode::INVALID_ARGUMENT,
                               "The API key has characters other than printable ASCII");
    return ImagesError::FromStatus(refused, CallCost::kPaid, CallProgress::kNeverSent);
  }
  context.AddMetadata(kApiKeyHeader, settings.api_key);
  return std::nullopt;
}

template <typename Response, typename Request, typename Call>
Result<Response> Invoke(const Request& request, const CallSettings& settings,
                        std::chrono::milliseconds default_timeout, CallCost cost, Call call) {
  grpc::ClientContext context;
  if (std::optional<ImagesError> refused = Prepare(context, settings, default_timeout)) return *refused;
  Response response;
  grpc::Status status;
  {
    std::stop_callback cancel(settings.cancellation, [&context] { context.TryCancel(); });
    status = call(context, response);
  }
  if (status.ok()) return response;
  return ErrorOf(context, status, cost, request.ByteSizeLong());
}

}  // namespace

ImagesClient::ImagesClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(v1::ImagesService::NewStub(std::move(channel))) {}

ImagesClient::ImagesClient(std::unique_ptr<v1::ImagesService::StubInterface> stub) : stub_(std::move(stub)) {}

Result<v1::GenerateImagesResponse> ImagesClient::Generate(const v1::GenerateImagesRequest& request,
                                                          const CallSettings& settings) const {
  return Invoke<v1::GenerateImagesResponse>(request, settings, kGenerateTimeout, CallCost::kPaid,
                                            [&](grpc::ClientContext& context, auto& response) {
                                              return stub_->GenerateImages(&context, request, &response);
                                            });
}

Result<StreamedImages> ImagesClient::Stream(const v1::StreamGenerateImagesRequest& request,
                                            StreamListener& listener, const CallSettings& settings) const {
  grpc::ClientContext context;
  if (std::optional<ImagesError> refused = Prepare(context, settings, kGenerateTimeout)) return *refused;
  const auto events = stub_->StreamGenerateImages(&context, request);
  std::stop_callback cancel(settings.cancellation, [&context] { context.TryCancel(); });
  events->WaitForInitialMetadata();
  if (const std::string call_id = CallId(context); !call_id.empty()) listener.OnCallId(call_id);
  return ReadImageStream(*events, listener, [&](const grpc::Status& status) {
    return ErrorOf(context, status, CallCost::kPaid, request.ByteSizeLong());
  });
}

Result<v1::ListImageModelsResponse> ImagesClient::ListModels(const CallSettings& settings) const {
  const v1::ListImageModelsRequest request;
  return Invoke<v1::ListImageModelsResponse>(request, settings, kCatalogTimeout, CallCost::kFree,
                                             [&](grpc::ClientContext& context, auto& response) {
                                               return stub_->ListImageModels(&context, request, &response);
                                             });
}

Result<v1::ListImageModelEndpointsResponse> ImagesClient::ListEndpoints(const std::string& model,
                                                                        const CallSettings& settings) const {
  v1::ListImageModelEndpointsRequest request;
  request.set_model(model);
  return Invoke<v1::ListImageModelEndpointsResponse>(
      request, settings, kCatalogTimeout, CallCost::kFree, [&](grpc::ClientContext& context, auto& response) {
        return stub_->ListImageModelEndpoints(&context, request, &response);
      });
}

}  // namespace openrouter_images::client
