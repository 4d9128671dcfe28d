#include "client/cli/files/file_name.h"

#include <fmt/format.h>

#include <utility>

namespace openrouter_images::client::cli {
namespace {

constexpr size_t kLongestSlug = 40;
constexpr std::string_view kUnknownExtension = ".bin";

constexpr std::pair<std::string_view, std::string_view> kExtensions[] = {
    {"image/png", ".png"},     {"image/jpeg", ".jpg"}, {"image/webp", ".webp"},
    {"image/svg+xml", ".svg"}, {"image/gif", ".gif"},  {"image/avif", ".avif"},
    {"image/heic", ".heic"},   {"image/bmp", ".bmp"},  {"image/tiff", ".tiff"},
};

// The formats that can be asked for.
constexpr std::pair<std::string_view, std::string_view> kFormats[] = {
    {"image/png", "png"}, {"image/jpeg", "jpeg"}, {"image/webp", "webp"}, {"image/svg+xml", "svg"}};

// Media type of an extension (with its point, in any case); empty when it is not known.
std::string_view TypeOf(std::string_view extension) {
  std::string lower(extension);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == ".jpeg") lower = ".jpg";
  if (lower == ".tif") lower = ".tiff";
  for (const auto& [type, usual] : kExtensions) {
    if (lower == usual) return type;
  }
  return {};
}

std::string_view TypeOfName(std::string_view file_name) {
  const size_t point = file_name.rfind('.');
  return point == std::string_view::npos || point == 0 ? std::string_view() : TypeOf(file_name.substr(point));
}

bool IsArticle(std::string_view word) {
  return word == "a" || word == "an" || word == "the";
}

}  // namespace

std::string Slug(std::string_view prompt) {
  std::string slug;
  std::string word;
  // Whether the word still fits; a first word that is too long is cut.
  auto take_word = [&] {
    if (word.empty() || IsArticle(word)) return true;
    if (slug.empty()) {
      slug = word.substr(0, kLongestSlug);
      return true;
    }
    if (slug.size() + 1 + word.size() > kLongestSlug) return false;
    slug += "-" + word;
    return true;
  };
  for (char c : prompt) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      word += c;
    } else if (c >= 'A' && c <= 'Z') {
      word += static_cast<char>(c - 'A' + 'a');
    } else if (c != '\'') {
      if (!take_word()) return slug;
      word.clear();
    }
  }
  take_word();
  return slug.empty() ? "image" : slug;
}

std::string_view ExtensionOf(std::string_view media_type) {
  for (const auto& [type, extension] : kExtensions) {
    if (media_type == type) return extension;
  }
  return kUnknownExtension;
}

std::string_view FormatOfName(std::string_view file_name) {
  const std::string_view type = TypeOfName(file_name);
  for (const auto& [media_type, format] : kFormats) {
    if (type == media_type) return format;
  }
  return {};
}

bool IsImageName(std::string_view file_name) {
  return !TypeOfName(file_name).empty();
}

bool ExtensionFits(std::string_view extension, std::string_view media_type) {
  return extension.empty() || ExtensionOf(media_type) == kUnknownExtension || TypeOf(extension) == media_type;
}

std::string ImageFileName(std::string_view prompt, std::string_view sha256, std::string_view media_type,
                          int index, int count) {
  const std::string number = count > 1 ? fmt::format("-{}", index + 1) : "";
  return fmt::format("{}{}-{:02x}{:02x}{}", Slug(prompt), number, static_cast<unsigned char>(sha256[0]),
                     static_cast<unsigned char>(sha256[1]), ExtensionOf(media_type));
}

}  // namespace openrouter_images::client::cli
