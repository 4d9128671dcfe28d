#pragma once

#include <cstdio>
#include <cstdlib>

namespace openrouter_images {

// Ends the program, which libFuzzer takes for a finding, when `holds` is false.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace openrouter_images
