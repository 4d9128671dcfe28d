#pragma once

#include "client/cli/commands/session.h"

namespace openrouter_images::client::cli {

// Asks the server as a whole, by the standard gRPC health check, and prints its answer. kOk only when it is
// SERVING.
ExitCode RunHealth(const GlobalOptions& global, const Console& console);

}  // namespace openrouter_images::client::cli
