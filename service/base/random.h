#pragma once

#include <cstdint>
#include <functional>

namespace openrouter_images::base {

// Source of randomness: 64 random bits at each call. Injected, so that tests know what comes. Thread-safe.
// Not for secrets.
using RandomBits = std::function<std::uint64_t()>;

// A number in [0, 1), of all 53 bits that a double has.
inline double UnitInterval(std::uint64_t bits) {
  return static_cast<double>(bits >> 11U) * 0x1p-53;
}

}  // namespace openrouter_images::base
