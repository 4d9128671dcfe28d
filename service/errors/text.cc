#include "service/errors/text.h"

#include <boost/locale/utf.hpp>

namespace openrouter_images::errors {
namespace {

namespace utf = boost::locale::utf;

// C0, DEL and C1.
bool IsControl(utf::code_point point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

bool IsInvalid(utf::code_point point) {
  return point == utf::illegal || point == utf::incomplete;
}

bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

}  // namespace

bool IsPrintable(std::string_view text) {
  for (auto at = text.begin(); at != text.end();) {
    const utf::code_point point = utf::utf_traits<char>::decode(at, text.end());
    if (IsInvalid(point) || IsControl(point)) return false;
  }
  return true;
}

std::string OneLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = at;
    const utf::code_point point = utf::utf_traits<char>::decode(at, text.end());
    if (!IsInvalid(point) && (point == ' ' || IsControl(point))) {
      gap = true;
      continue;
    }
    if (gap && !line.empty()) line += ' ';
    gap = false;
    if (IsInvalid(point)) {
      // The decoder may have consumed a valid character after the bad byte: continue right after that byte.
      at = begin + 1;
      line += '?';
    } else {
      line.append(begin, at);
    }
  }
  return line;
}

std::string_view WholeCharacters(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && IsContinuation(text[end])) --end;
  return text.substr(0, end);
}

std::string Clip(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  return std::string(WholeCharacters(text, max_bytes - kEllipsis.size())).append(kEllipsis);
}

}  // namespace openrouter_images::errors
