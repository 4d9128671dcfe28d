#include "service/sandbox/draw/dice.h"

namespace openrouter_images::sandbox {

std::uint64_t HashBytes(std::string_view bytes, std::uint64_t seed) {
  // FNV-1a, then one round of Dice: FNV alone leaves the high bits of short inputs alike.
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3ULL;
  return Dice(hash).Next();
}

std::uint64_t Dice::Next() {
  // SplitMix64: one addition and a finalizer, equidistributed over 2^64.
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

float Dice::Unit() {
  return static_cast<float>(Next() >> 40) * 0x1p-24f;
}

}  // namespace openrouter_images::sandbox
