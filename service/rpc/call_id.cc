#include "service/rpc/call_id.h"

#include <fmt/format.h>

#include <cstdint>

namespace openrouter_images::rpc {

std::string NewCallId(const base::RandomBits& random) {
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  return fmt::format("{:016x}{:016x}", high, low);
}

}  // namespace openrouter_images::rpc
