#include "client/cli/files/image_header.h"

#include <cstddef>

namespace openrouter_images::client::cli {
namespace {

uint32_t Byte(std::string_view data, size_t at) {
  return static_cast<unsigned char>(data[at]);
}

uint32_t BigEndian(std::string_view data, size_t at, size_t bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = (value << 8) | Byte(data, at + i);
  return value;
}

uint32_t LittleEndian(std::string_view data, size_t at, size_t bytes) {
  uint32_t value = 0;
  for (size_t i = bytes; i > 0; --i) value = (value << 8) | Byte(data, at + i - 1);
  return value;
}

std::optional<Dimensions> ReadPng(std::string_view file) {
  if (file.size() < 24 || file.substr(12, 4) != "IHDR") return std::nullopt;
  return Dimensions{BigEndian(file, 16, 4), BigEndian(file, 20, 4)};
}

// SOF0 to SOF15 without the tables that share their range (DHT, JPG, DAC).
bool IsFrameHeader(uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

std::optional<Dimensions> ReadJpeg(std::string_view file) {
  size_t at = 2;
  while (at + 4 <= file.size()) {
    if (Byte(file, at) != 0xFF) return std::nullopt;
    const uint32_t marker = Byte(file, at + 1);
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) return std::nullopt;
    if (IsFrameHeader(marker)) {
      if (at + 9 > file.size()) return std::nullopt;
      return Dimensions{BigEndian(file, at + 7, 2), BigEndian(file, at + 5, 2)};
    }
    const bool stands_alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
    at += 2 + (stands_alone ? 0 : BigEndian(file, at + 2, 2));
  }
  return std::nullopt;
}

std::optional<Dimensions> ReadWebp(std::string_view file) {
  if (file.size() < 30) return std::nullopt;
  const std::string_view chunk = file.substr(12, 4);
  if (chunk == "VP8X") return Dimensions{LittleEndian(file, 24, 3) + 1, LittleEndian(file, 27, 3) + 1};
  if (chunk == "VP8L" && Byte(file, 20) == 0x2F) {
    const uint32_t bits = LittleEndian(file, 21, 4);
    return Dimensions{(bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1};
  }
  if (chunk == "VP8 " && file.substr(23, 3) == "\x9D\x01\x2A") {
    return Dimensions{LittleEndian(file, 26, 2) & 0x3FFF, LittleEndian(file, 28, 2) & 0x3FFF};
  }
  return std::nullopt;
}

}  // namespace

std::string_view MediaTypeOf(std::string_view file) {
  if (file.starts_with("\x89PNG\r\n\x1A\n")) return "image/png";
  if (file.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (file.starts_with("RIFF") && file.size() >= 12 && file.substr(8, 4) == "WEBP") return "image/webp";
  if (file.starts_with("GIF8")) return "image/gif";
  if (file.starts_with("<svg") ||
      (file.starts_with("<?xml") && file.find("<svg") != std::string_view::npos)) {
    return "image/svg+xml";
  }
  return {};
}

std::optional<Dimensions> ReadDimensions(std::string_view file) {
  const std::string_view type = MediaTypeOf(file);
  if (type == "image/png") return ReadPng(file);
  if (type == "image/jpeg") return ReadJpeg(file);
  if (type == "image/webp") return ReadWebp(file);
  return std::nullopt;
}

}  // namespace openrouter_images::client::cli
