#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace openrouter_images::bench {

// The median of at least one value; of an even number of values, the upper of the two in the middle.
inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace openrouter_images::bench
