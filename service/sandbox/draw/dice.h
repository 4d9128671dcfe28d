#pragma once

#include <cstdint>
#include <string_view>

namespace openrouter_images::sandbox {

// A 64-bit hash that is the same on every machine and in every run. Not cryptographic.
std::uint64_t HashBytes(std::string_view bytes, std::uint64_t seed = 0);

// A repeatable stream of numbers: the same seed gives the same numbers on every machine. Not thread-safe;
// cheap to copy.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next();
  // In [0, 1).
  float Unit();
  // In [low, high).
  float Between(float low, float high) { return low + (high - low) * Unit(); }
  // In [0, bound); bound > 0.
  int Below(int bound) { return static_cast<int>(Next() % static_cast<std::uint64_t>(bound)); }

 private:
  std::uint64_t state_;
};

}  // namespace openrouter_images::sandbox
