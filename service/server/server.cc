#include "service/server/server.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <thread>
#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "service/admission/admission.h"
#include "service/base/duration.h"
#include "service/config/config.h"
#include "service/credentials/key_source.h"
#include "service/http/event_loop.h"
#include "service/retry/retry_budgets.h"
#include "service/rpc/images_service.h"
#include "service/upstream/images_api.h"

namespace openrouter_images::server {
namespace {

using std::chrono::milliseconds;

constexpr int kMebibyte = 1024 * 1024;

// Time for the statuses of ended calls to reach their callers.
constexpr auto kStatusDelivery = std::chrono::seconds(2);

http::ClientOptions ClientOptionsOf(const config::v1::Upstream& upstream) {
  http::ClientOptions options;
  options.ca_bundle = upstream.ca_bundle_file();
  options.proxy = upstream.proxy();
  options.user_agent = "openrouter-images-server";
  // A quarter of the default, to save memory per stream. More would save system calls, which cost little
  // compared to decoding.
  options.buffer_bytes = 64 * 1024;
  return options;
}

upstream::ApiOptions ApiOptionsOf(const config::v1::Config& config) {
  upstream::ApiOptions options;
  options.base_url = std::string(absl::StripSuffix(config.upstream().base_url(), "/"));
  options.timeouts.connect = base::ToMilliseconds(config.timeouts().connect());
  if (config.timeouts().has_first_byte()) {
    options.timeouts.first_byte = base::ToMilliseconds(config.timeouts().first_byte());
  }
  options.timeouts.stall = base::ToMilliseconds(config.timeouts().stall());
  options.max_image_bytes = static_cast<std::size_t>(config.limits().max_image_mib()) * kMebibyte;
  options.minimum_to_dispatch = base::ToMilliseconds(config.timeouts().minimum_to_dispatch());
  return options;
}

rpc::CheckRules RulesOf(const config::v1::Config& config) {
  const auto& headers = config.upstream().allowed_headers();
  return {.allowed_headers = {headers.begin(), headers.end()},
          .generate_retry = config.retry().generate(),
          .catalog_retry = config.retry().catalog(),
          .retry_ceilings = {.max_attempts = config.retry().max_attempts_ceiling(),
                             .unknown_outcome = config.retry().allow_retry_unknown_outcome()}};
}

std::size_t LoopCount(const config::v1::Upstream& upstream) {
  if (upstream.has_event_loops()) return static_cast<std::size_t>(upstream.event_loops());
  return std::max(1U, std::thread::hardware_concurrency());
}

absl::StatusOr<credentials::KeySource> KeySourceOf(const config::v1::Upstream& upstream,
                                                   const Dependencies& dependencies) {
  if (upstream.has_api_key_file()) {
    return credentials::KeySource::FromFile(upstream.api_key_file(),
                                            [&clock = dependencies.clock] { return clock.Now(); });
  }
  return credentials::KeySource::Fixed(dependencies.api_key.value_or(""));
}

// Limits what gRPC accepts before a handler runs.
void LimitIntake(grpc::ServerBuilder& builder, const config::v1::Limits& limits) {
  builder.SetMaxReceiveMessageSize(limits.max_request_mib() * kMebibyte);
  // A few hundred kilobytes of gzip become gigabytes before a handler runs, so no compression is accepted.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  // Otherwise a second server could share the port, and the kernel would distribute connections to both.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// Generations are silent for minutes.
void KeepAlive(grpc::ServerBuilder& builder) {
  // No limit on client pings: by default gRPC accepts two in five minutes, then ends the connection and the
  // paid calls on it.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  // The server's pings detect callers that vanished, whose calls would hold memory for 15 minutes, and keep
  // idle timeouts of middleboxes from firing. Zero: no limit.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

}  // namespace

// In the order of construction: each member uses only those before it.
struct Server::Rooms {
  Rooms(const config::v1::Config& config, credentials::KeySource key, const Dependencies& dependencies)
      : service_key(std::move(key)),
        budgets(config.retry().budget().max_tokens(), config.retry().budget().token_ratio()),
        loops(ClientOptionsOf(config.upstream()), LoopCount(config.upstream())),
        api(ApiOptionsOf(config),
            {.service_key = service_key,
             .budgets = budgets,
             .clock = dependencies.clock,
             .random = [random = dependencies.random] { return base::UnitInterval(random()); }}),
        service(api,
                {.loops = loops,
                 .observers = dependencies.observers,
                 .admission = admission,
                 .clock = dependencies.clock,
                 .random = dependencies.random,
                 .default_timeout = base::ToMilliseconds(config.timeouts().total()),
                 .allow_caller_api_keys = config.upstream().allow_caller_api_keys(),
                 .attribution = config.upstream().attribution(),
                 .heartbeat = base::ToMilliseconds(config.timeouts().heartbeat()),
                 .write_stall = base::ToMilliseconds(config.timeouts().write_stall())},
                RulesOf(config)) {}

  credentials::KeySource service_key;
  retry::RetryBudgets budgets;
  // Before the loops: calls that a loop still holds when it is destroyed return their tickets.
  admission::Admission admission;
  http::EventLoopPool loops;
  upstream::ImagesApi api;
  rpc::ImagesService service;
  std::unique_ptr<grpc::Server> grpc_server;
};

Server::Server() = default;

Server::~Server() {
  Drain(milliseconds(0));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const config::v1::Config& config,
                                                      const Dependencies& dependencies) {
  auto server = std::unique_ptr<Server>(new Server());
  auto key = KeySourceOf(config.upstream(), dependencies);
  if (!key.ok()) return key.status();

  server->rooms_ = std::make_unique<Rooms>(config, *std::move(key), dependencies);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC serves the health check without a descriptor of it; this links one in, for reflection to show.
  grpc::health::v1::HealthCheckRequest::descriptor();
  grpc::ServerBuilder builder;
  KeepAlive(builder);
  LimitIntake(builder, config.limits());
  int port = 0;
  builder.AddListeningPort(config.listen().address(), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&server->rooms_->service);
  server->rooms_->grpc_server = builder.BuildAndStart();
  if (server->rooms_->grpc_server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", config.listen().address(),
                                               ": the address is in use, or not one of this machine"));
  }
  // Also by name, for health checks that name the service.
  server->rooms_->grpc_server->GetHealthCheckService()->SetServingStatus(
      v1::ImagesService::service_full_name(), true);
  const std::string& address = config.listen().address();
  server->address_ = absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
  return server;
}

void Server::Drain(milliseconds grace) {
  if (rooms_ == nullptr || rooms_->grpc_server == nullptr) return;
  rooms_->grpc_server->GetHealthCheckService()->SetServingStatus(false);
  rooms_->admission.Close();
  if (!rooms_->admission.WaitUntilEmpty(grace)) {
    // gRPC would end them as UNAVAILABLE, which clients retry and which says nothing about billing.
    rooms_->admission.EndAll();
  }
  // gRPC's own timers run on the real clock.
  rooms_->grpc_server->Shutdown(std::chrono::system_clock::now() + kStatusDelivery);
  rooms_->grpc_server->Wait();
  // gRPC is done with every call; their last steps, such as log lines, are still queued on the loops.
  rooms_->loops.Settle();
  rooms_->grpc_server.reset();
}

}  // namespace openrouter_images::server
