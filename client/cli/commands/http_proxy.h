#pragma once

#include <string>
#include <string_view>

namespace openrouter_images::client::cli {

// The environment variable by which gRPC goes to this server through an HTTP proxy; empty when it goes there
// itself. gRPC uses grpc_proxy, https_proxy or http_proxy, for loopback addresses too, except for hosts that
// end in an entry of no_grpc_proxy or no_proxy.
std::string ProxyVariable(std::string_view server);

}  // namespace openrouter_images::client::cli
