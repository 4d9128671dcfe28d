#include "client/cli/commands/suggestion.h"

#include <algorithm>
#include <cstddef>

namespace openrouter_images::client::cli {
namespace {

constexpr size_t kShortestBeginning = 3;

// Optimal string alignment distance.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> best(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        best[i][j] = i + j;
        continue;
      }
      best[i][j] = std::min(
          {best[i - 1][j] + 1, best[i][j - 1] + 1, best[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        best[i][j] = std::min(best[i][j], best[i - 2][j - 2] + 1);
      }
    }
  }
  return best[a.size()][b.size()];
}

}  // namespace

std::string Closest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string closest;
  if (word.size() < 2) return closest;
  size_t least = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (word.size() >= kShortestBeginning && candidate.starts_with(word)) return candidate;
    if (const size_t distance = Distance(word, candidate); distance < least) {
      least = distance;
      closest = candidate;
    }
  }
  return closest;
}

}  // namespace openrouter_images::client::cli
