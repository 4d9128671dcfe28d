#include "client/cli/commands/http_proxy.h"

#include <cstdlib>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace openrouter_images::client::cli {
namespace {

// The first of these variables that is set; nullptr for none.
const char* FirstSet(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::getenv(name) != nullptr) return name;
  }
  return nullptr;
}

// "host" of "host:port", "[::1]:port" and "dns:///host:port".
std::string_view HostOf(std::string_view server) {
  if (const size_t slash = server.rfind('/'); slash != std::string_view::npos)
    server.remove_prefix(slash + 1);
  if (server.starts_with('[')) return server.substr(1, server.find(']') - 1);
  return server.substr(0, server.find(':'));
}

bool IsExempt(std::string_view host, const char* list) {
  for (const absl::string_view entry : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    const absl::string_view suffix = absl::StripAsciiWhitespace(entry);
    if (host.ends_with(std::string_view(suffix.data(), suffix.size()))) return true;
  }
  return false;
}

}  // namespace

std::string ProxyVariable(std::string_view server) {
  if (server.starts_with("unix:")) return {};
  const char* proxy = FirstSet({"grpc_proxy", "https_proxy", "http_proxy"});
  if (proxy == nullptr || *std::getenv(proxy) == '\0') return {};
  const char* exempt = FirstSet({"no_grpc_proxy", "no_proxy"});
  if (exempt != nullptr && IsExempt(HostOf(server), std::getenv(exempt))) return {};
  return proxy;
}

}  // namespace openrouter_images::client::cli
