#include "openrouter_images/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

namespace openrouter_images::client {
namespace {

// Without a retryPolicy on purpose. GRPC_ARG_ENABLE_RETRIES=0 would say the same more loudly, but it takes
// the transparent retries with it.
constexpr char kServiceConfig[] = R"json({"loadBalancingConfig": [{"round_robin": {}}]})json";

constexpr int kKeepAliveTimeMs = 30'000;
constexpr int kKeepAliveTimeoutMs = 10'000;
// The default of 8 KiB turns a status with long details into RESOURCE_EXHAUSTED, and the word on money is
// lost.
constexpr int kMaxMetadataBytes = 64 * 1024;

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target, const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepAliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepAliveTimeoutMs);
  // By default gRPC stops pinging after two pings without data, which is one minute into a silent generation.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);

  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (options.tls.has_value()) {
    const TlsOptions& tls = *options.tls;
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = tls.root_certificates;
    ssl.pem_cert_chain = tls.certificate_chain;
    ssl.pem_private_key = tls.private_key;
    credentials = grpc::SslCredentials(ssl);
    if (!tls.server_name_override.empty()) arguments.SetSslTargetNameOverride(tls.server_name_override);
  } else {
    credentials = grpc::InsecureChannelCredentials();
  }
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

}  // namespace openrouter_images::client
