#pragma once

#include <grpcpp/channel.h>

#include <boost/json/object.hpp>
#include <cstddef>
#include <istream>
#include <memory>
#include <ostream>
#include <stop_token>
#include <string>

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
  // Whether the terminal understands escape sequences, and what images it can show, if there is one.
  bool escapes = false;
  Graphics graphics = Graphics::kNone;
};

// The connection that the global options ask for, with Ctrl-C bound to it. Make it when everything else is
// ready: from then on the first Ctrl-C only cancels. Throws FileError when a PEM file or the key's file
// cannot be read, UsageError when the server is a URL.
class Session {
 public:
  explicit Session(const GlobalOptions& options);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const ImagesClient& client() const { return client_; }
  std::stop_token cancellation() const { return interrupt_.token(); }
  // With Ctrl-C and the user's own key.
  CallSettings settings() const;

 private:
  // First, so that gRPC's threads inherit its signal mask.
  Interrupt interrupt_;
  std::shared_ptr<grpc::Channel> channel_;
  ImagesClient client_;
  std::string api_key_;
};

// What is known of a failed call beside its error.
struct FailedCall {
  const ImagesError& error;
  // The generation in OpenRouter's records, where a stream named it before it failed.
  std::string generation_id = {};
  // What the JSON says beside the error.
  boost::json::object reply = {};
};

// Shows an error as the options ask for: text on standard error, or JSON on standard output. Returns its exit
// code.
ExitCode ReportError(FailedCall call, const Session& session, const GlobalOptions& options,
                     const Console& console);

}  // namespace openrouter_images::client::cli
