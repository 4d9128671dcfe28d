#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace openrouter_images {

// Cuts `text` into pieces of `longest` bytes and hands each to `take`, until that says false. Each is a copy
// of exactly its size, so that a look beyond the piece is found. Returns false when `take` did.
template <typename Take>
bool ForEachPiece(std::string_view text, std::size_t longest, Take take) {
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, longest);
    const std::vector<char> copy(piece.begin(), piece.end());
    if (!take(std::string_view(copy.data(), copy.size()))) return false;
    text.remove_prefix(piece.size());
  }
  return true;
}

}  // namespace openrouter_images
