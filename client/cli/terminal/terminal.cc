#include "client/cli/terminal/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>

namespace openrouter_images::client::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr size_t kUsualWidth = 80;

bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Length of the UTF-8 sequence at the start of `text` and its code point; length 0 when it is not valid.
struct Decoded {
  size_t length = 0;
  uint32_t code_point = 0;
};

Decoded Decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {1, lead};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  uint32_t code_point = lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return {};
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool overlong = (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {length, code_point};
}

bool IsUnsafe(uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x200E ||
         code_point == 0x200F || (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

}  // namespace

size_t TerminalWidth(int descriptor) {
  if (::isatty(descriptor) == 0) return 0;
  winsize size = {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return size.ws_col;
}

std::string Printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = Decode(text);
    const std::string_view bytes = text.substr(0, next.length);
    if (next.length == 0) {
      safe += kReplacement;
    } else if (next.code_point == '\n' || next.code_point == '\t') {
      safe += ' ';
    } else {
      safe += IsUnsafe(next.code_point) ? kReplacement : bytes;
    }
    text.remove_prefix(next.length == 0 ? 1 : next.length);
  }
  return safe;
}

std::optional<size_t> FirstInvalidUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = Decode(text.substr(at)).length;
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (char byte : text) width += IsContinuation(byte) ? 0 : 1;
  return width;
}

std::string_view CutToWidth(std::string_view text, size_t width) {
  size_t end = 0;
  while (end < text.size()) {
    if (!IsContinuation(text[end])) {
      if (width == 0) break;
      --width;
    }
    ++end;
  }
  return text.substr(0, end);
}

}  // namespace openrouter_images::client::cli
