#include "client/cli/files/file_writer.h"

#include <unistd.h>

#include <utility>

namespace openrouter_images::client::cli {

FileWriter::FileWriter()
    : FileWriter([](int fd, const void* data, size_t size) { return ::write(fd, data, size); }) {}

FileWriter::FileWriter(WriteFunction write) : write_(std::move(write)) {}

WriteOutcome FileWriter::Write(const std::filesystem::path& target, std::string_view data,
                               Overwrite overwrite) const {
  PartialFile file(target.parent_path(), write_);
  // Its error stays with the file.
  static_cast<void>(file.Append(data));
  return file.PutInPlace(target, overwrite);
}

std::unique_ptr<PartialFile> FileWriter::Begin(const std::filesystem::path& folder) const {
  return std::make_unique<PartialFile>(folder, write_);
}

}  // namespace openrouter_images::client::cli
