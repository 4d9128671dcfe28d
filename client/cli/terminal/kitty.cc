#include "client/cli/terminal/kitty.h"

#include <fmt/format.h>

#include <string_view>

#include "absl/strings/escaping.h"

namespace openrouter_images::client::cli {
namespace {

constexpr size_t kChunkBytes = 4096;

}  // namespace

std::string KittyImage(const Pixels& image, uint32_t columns) {
  std::string base64;
  absl::Base64Escape({reinterpret_cast<const char*>(image.rgba.data()), image.rgba.size()}, &base64);
  // a=T: transmit and show; f=32: RGBA; q=2: no answers, which nobody would read.
  std::string keys = fmt::format("a=T,f=32,s={},v={},c={},q=2,", image.width, image.height, columns);
  std::string text;
  for (size_t at = 0; at < base64.size(); at += kChunkBytes) {
    const bool more = at + kChunkBytes < base64.size();
    text += fmt::format("\x1B_G{}m={};{}\x1B\\", keys, more ? 1 : 0,
                        std::string_view(base64).substr(at, kChunkBytes));
    // Later chunks say only that they are.
    keys = "q=2,";
  }
  return text + "\n";
}

}  // namespace openrouter_images::client::cli
