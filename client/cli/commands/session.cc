#include "client/cli/commands/session.h"

#include <utility>

#include "client/cli/files/read_file.h"
#include "client/cli/report/error_report.h"
#include "client/cli/report/json_output.h"
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

}  // namespace

Session::Session(const GlobalOptions& options)
    : channel_(MakeChannel(options.server, ReadChannelOptions(options))), client_(channel_) {}

ExitCode ReportError(const ImagesError& error, const Session& session, const GlobalOptions& options,
                     const Console& console, boost::json::object reply) {
  const ErrorContext context = {options.server, session.cancellation().stop_requested(), console.err_width};
  if (options.json) {
    reply["error"] = ErrorJson(error, context);
    PrintJson(console.out, reply);
  } else {
    console.err << ErrorText(error, context);
  }
  return ExitCodeOf(error, context);
}

}  // namespace openrouter_images::client::cli
