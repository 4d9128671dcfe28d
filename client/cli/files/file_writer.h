#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "client/cli/files/partial_file.h"

namespace openrouter_images::client::cli {

// Writes files whole or not at all: see PartialFile.
class FileWriter {
 public:
  FileWriter();
  explicit FileWriter(WriteFunction write);

  // The folder must exist.
  WriteOutcome Write(const std::filesystem::path& target, std::string_view data, Overwrite overwrite) const;

  // A file that comes in pieces.
  std::unique_ptr<PartialFile> Begin(const std::filesystem::path& folder) const;

 private:
  WriteFunction write_;
};

}  // namespace openrouter_images::client::cli
