#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "client/cli/files/file_writer.h"
#include "client/cli/files/sink.h"

namespace openrouter_images::client::cli {

// Where --output leads.
struct OutputPlace {
  // Folder of the files; empty for a sink.
  std::filesystem::path folder{};
  // Unset: names are made from the prompt.
  std::optional<std::filesystem::path> file_name{};
  // What is written into rather than replaced.
  std::optional<Sink> sink{};
};

// "-" and "/dev/stdout".
bool IsStandardOutput(const std::string& output);

// `output` is a folder (existing, or ending in "/" to have it made), a file, or "-" for standard output;
// empty means the current folder. A symlink leads to what it points to. Devices and FIFOs are opened as they
// are; terminals and block devices only with kReplace. Checks that a file can be made there, and throws
// FileError if it cannot, or if a file exists without kReplace.
OutputPlace FindOutputPlace(const std::string& output, Overwrite overwrite, const FileWriter& writer);

// Throws FileError unless the folder exists and takes new files.
void CheckFolder(const std::filesystem::path& folder, const FileWriter& writer);

}  // namespace openrouter_images::client::cli
