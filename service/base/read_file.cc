#include "service/base/read_file.h"

#include <cerrno>
#include <fstream>
#include <ios>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace openrouter_images::base {
namespace {

std::string FormatSize(std::size_t bytes) {
  constexpr std::size_t kKib = 1024;
  return bytes % kKib == 0 ? absl::StrCat(bytes / kKib, " KiB") : absl::StrCat(bytes, " bytes");
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes) {
  // An error of status() itself, such as a cycle of links, is reported by open() below.
  std::error_code error;
  const std::filesystem::file_type type = std::filesystem::status(path, error).type();
  if (type == std::filesystem::file_type::not_found) return absl::NotFoundError("no such file");
  if (type == std::filesystem::file_type::directory) return absl::InvalidArgumentError("is a directory");
  if (!error && type != std::filesystem::file_type::regular) {
    return absl::InvalidArgumentError("is not a regular file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot be opened: ", std::generic_category().message(errno)));
  }
  // One byte more than allowed detects a file that is too large, even if it grows meanwhile.
  std::string content(max_bytes + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad()) return absl::InvalidArgumentError("cannot be read");
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > max_bytes) {
    return absl::OutOfRangeError(absl::StrCat("is larger than ", FormatSize(max_bytes)));
  }
  return content;
}

}  // namespace openrouter_images::base
