#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "openrouter_images/config/v1/config.pb.h"

namespace openrouter_images {

// The embedded sandbox as the program's upstream, seen without the sandbox's headers: a build without it
// (CMake option IMAGES_SANDBOX=OFF) has the same interface and links another source file.
struct SandboxUpstream {
  // Root of its REST API, http://127.0.0.1:PORT/api/v1. It takes any key.
  std::string base_url;
  // The sandbox itself; the last owner stops it.
  std::shared_ptr<void> owner;
};

// Starts a sandbox that listens when this returns. UNAVAILABLE: the port cannot be bound; UNIMPLEMENTED: this
// program is built without the sandbox.
absl::StatusOr<SandboxUpstream> StartSandbox(const config::v1::Sandbox& config);

}  // namespace openrouter_images
