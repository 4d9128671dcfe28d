#include "client/cli/files/read_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "client/cli/files/file_error.h"

namespace openrouter_images::client::cli {

std::string ReadFile(const std::string& path, const std::string& purpose) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) error = std::make_error_code(std::errc::is_a_directory);
  std::string content;
  if (!error || error == std::errc::no_such_file_or_directory) {
    error.clear();
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(file), {});
    if (!file.is_open() || file.bad()) error = {errno, std::generic_category()};
  }
  if (error) throw FileError(fmt::format("Cannot read the {} {}: {}.", purpose, path, error.message()));
  return content;
}

}  // namespace openrouter_images::client::cli
