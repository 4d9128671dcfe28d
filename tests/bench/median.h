#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace openrouter::images::bench {

// The upper one of two in the middle. At least one value.
inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace openrouter::images::bench
