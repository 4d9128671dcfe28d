#include "service/sandbox_upstream.h"

#include <cstdint>
#include <utility>

#include "service/base/duration.h"
#include "service/sandbox/sandbox.h"

namespace openrouter_images {

absl::StatusOr<SandboxUpstream> StartSandbox(const config::v1::Sandbox& config) {
  sandbox::Sandbox::Options options;
  options.port = static_cast<std::uint16_t>(config.port());
  options.generation_time = base::ToMilliseconds(config.generation_time());
  auto sandbox = sandbox::Sandbox::Start(std::move(options));
  if (!sandbox.ok()) return sandbox.status();
  std::string base_url = (*sandbox)->base_url();
  return SandboxUpstream{std::move(base_url), *std::move(sandbox)};
}

}  // namespace openrouter_images
