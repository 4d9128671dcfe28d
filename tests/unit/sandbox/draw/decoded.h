#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openrouter_images::sandbox {

// An image read back by the libraries that a client would use.
struct Decoded {
  int width = 0, height = 0;
  // Four bytes per pixel.
  std::vector<std::uint8_t> rgba;

  std::uint8_t alpha(int x, int y) const { return rgba[static_cast<std::size_t>((y * width + x) * 4 + 3)]; }
};

// Reads PNG, JPEG or WebP by their first bytes; nullopt for anything else and for damaged files.
std::optional<Decoded> Decode(std::string_view bytes);

// Mean absolute difference of two images' components, 0..255; 255 when their sizes differ.
double Difference(const Decoded& a, const Decoded& b);

// The bytes of the index-th image in a reply's body; empty when there is none.
std::string ImageInReply(std::string_view body, std::size_t index = 0);

}  // namespace openrouter_images::sandbox
