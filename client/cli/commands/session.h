#pragma once

#include <grpcpp/channel.h>

#include <boost/json/object.hpp>
#include <cstddef>
#include <istream>
#include <memory>
#include <ostream>

#include "client/cli/commands/command_line.h"
#include "client/cli/commands/interrupt.h"
#include "client/cli/report/exit_code.h"
#include "client/cli/terminal/terminal_graphics.h"
#include "openrouter_images/images_client.h"

namespace openrouter_images::client::cli {

// Standard input, output and error of the process. Widths are columns, 0 where there is no terminal.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  size_t out_width = 0;
  size_t err_width = 0;
  // What the terminal can show, if there is one.
  Graphics graphics = Graphics::kNone;
};

// The connection that the global options ask for, with Ctrl-C bound to it. Make it when everything else is
// ready: from then on the first Ctrl-C only cancels. Throws FileError when a PEM file cannot be read.
class Session {
 public:
  explicit Session(const GlobalOptions& options);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const ImagesClient& client() const { return client_; }
  std::stop_token cancellation() const { return interrupt_.token(); }

 private:
  // First, so that gRPC's threads inherit its signal mask.
  Interrupt interrupt_;
  std::shared_ptr<grpc::Channel> channel_;
  ImagesClient client_;
};

// Shows an error as the options ask for: text on standard error, or JSON on standard output, beside what
// `reply` says already. Returns its exit code.
ExitCode ReportError(const ImagesError& error, const Session& session, const GlobalOptions& options,
                     const Console& console, boost::json::object reply = {});

}  // namespace openrouter_images::client::cli
