#pragma once

#include <string>

#include "client/cli/commands/session.h"

namespace openrouter_images::client::cli {

// Shows the providers of one model. With --json: the service's reply.
ExitCode RunEndpoints(const GlobalOptions& global, const EndpointsOptions& options, const Console& console);

// A block for each provider. `width` in columns, 0 for no limit.
std::string EndpointsText(const v1::ListImageModelEndpointsResponse& endpoints, size_t width);

}  // namespace openrouter_images::client::cli
