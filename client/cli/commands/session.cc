#include "client/cli/commands/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "client/cli/commands/http_proxy.h"
#include "client/cli/commands/usage_error.h"
#include "client/cli/files/file_error.h"
#include "client/cli/files/read_file.h"
#include "client/cli/report/error_report.h"
#include "client/cli/report/json_output.h"
#include "client/cli/terminal/terminal.h"
#include "openrouter_images/channel.h"

namespace openrouter_images::client::cli {
namespace {

ChannelOptions ReadChannelOptions(const GlobalOptions& options) {
  ChannelOptions channel;
  if (!options.tls && options.ca_file.empty() && options.certificate_file.empty()) return channel;
  TlsOptions& tls = channel.tls.emplace();
  if (!options.ca_file.empty()) tls.root_certificates = ReadFile(options.ca_file, "authorities");
  if (!options.certificate_file.empty()) {
    tls.certificate_chain = ReadFile(options.certificate_file, "certificate");
    tls.private_key = ReadFile(options.key_file, "key");
  }
  return channel;
}

// The key that the user wants to be billed: from the file, else from the environment, since a command line
// can be read by everybody.
std::string ReadApiKey(const GlobalOptions& options) {
  if (options.api_key_file.empty()) {
    const char* key = std::getenv("OPENROUTER_IMAGES_API_KEY");
    return key == nullptr ? "" : key;
  }
  const std::string content = ReadFile(options.api_key_file, "API key");
  const std::string key(absl::StripAsciiWhitespace(content));
  if (key.empty() || !std::ranges::all_of(key, absl::ascii_isgraph)) {
    throw FileError(fmt::format("The file {} does not hold one API key.", options.api_key_file));
  }
  return key;
}

// gRPC would take the scheme for a host.
void CheckServer(const std::string& server) {
  const size_t scheme = server.find("://");
  if (scheme == std::string::npos || !server.starts_with("http")) return;
  std::string address = server.substr(scheme + 3);
  address.resize(std::min(address.find('/'), address.size()));
  const bool tls = server.starts_with("https");
  if (address.find(':') == std::string::npos) address += tls ? ":443" : ":50051";
  throw UsageError(fmt::format("--server takes HOST:PORT, not a URL. Try --server {}{}.", Printable(address),
                               tls ? " --tls" : ""));
}

std::shared_ptr<grpc::Channel> OpenChannel(const GlobalOptions& options) {
  CheckServer(options.server);
  return MakeChannel(options.server, ReadChannelOptions(options));
}

}  // namespace

Session::Session(const GlobalOptions& options)
    : channel_(OpenChannel(options)), client_(channel_), api_key_(ReadApiKey(options)) {}

CallSettings Session::settings() const {
  CallSettings settings;
  settings.cancellation = cancellation();
  settings.api_key = api_key_;
  return settings;
}

ExitCode ReportError(FailedCall call, const Session& session, const GlobalOptions& options,
                     const Console& console) {
  const ErrorContext context = {.server = options.server,
                                .interrupted = session.cancellation().stop_requested(),
                                .width = console.err_width,
                                .proxy_variable = ProxyVariable(options.server),
                                .generation_id = std::move(call.generation_id)};
  bool shown = false;
  if (options.json) {
    call.reply["error"] = ErrorJson(call.error, context);
    PrintJson(console.out, call.reply);
    shown = static_cast<bool>(console.out.flush());
  }
  if (!shown) console.err << ErrorText(call.error, context);
  return ExitCodeOf(call.error, context);
}

}  // namespace openrouter_images::client::cli
