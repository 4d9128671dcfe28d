#include <absl/status/status.h>

#include "service/sandbox_upstream.h"

namespace openrouter_images {

absl::StatusOr<SandboxUpstream> StartSandbox(const config::v1::Sandbox&) {
  return absl::UnimplementedError(
      "this server is built without the sandbox: leave out --sandbox and sandbox.enabled, or build it with "
      "-DIMAGES_SANDBOX=ON");
}

}  // namespace openrouter_images
