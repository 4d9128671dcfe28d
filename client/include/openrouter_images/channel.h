#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

namespace openrouter_images::client {

// What TLS needs. All values are PEM text, not file names.
struct TlsOptions {
  // Authorities to trust. Empty: those of the system, as gRPC finds them.
  std::string root_certificates;
  // The client's own certificate and key, for servers that ask for one. Both or neither.
  std::string certificate_chain;
  std::string private_key;
  // The name to expect in the server's certificate. Empty: the target's host. For tests and tunnels.
  std::string server_name_override;
};

struct ChannelOptions {
  // Unset: plaintext.
  std::optional<TlsOptions> tls;
};

// A channel whose settings suit images that cost money:
// - no call has a retry policy: the service itself repeats what is free to repeat, the catalog's calls too,
//   and a second layer would multiply attempts. gRPC's transparent retries stay on: they cover only calls
//   that no server has seen (never written to the wire, or refused by HTTP/2 before any handler), so they
//   cannot pay twice;
// - service configs from DNS are not read, so that nobody else can add a retry policy;
// - round_robin over all addresses of the target, as a headless Kubernetes Service needs;
// - no receive limit, because an image is larger than gRPC's default of 4 MiB;
// - a keep-alive ping every 30 s, during the minutes of silence that a generation takes too.
//
// `target` is a gRPC target: "host:port", "dns:///host:port", "unix:/path". Never fails: connects when first
// used, and again whenever the connection is lost, so a wrong target or certificate shows in the first call.
//
// The function is thread-safe, and so is the channel. One channel serves any number of clients and threads;
// calls keep it alive. Keep it for the life of the program: each channel has connections of its own.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target, const ChannelOptions& options = {});

}  // namespace openrouter_images::client
