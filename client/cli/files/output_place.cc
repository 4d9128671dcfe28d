#include "client/cli/files/output_place.h"

#include <fmt/format.h>

#include <system_error>

#include "client/cli/files/file_error.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;

// Where a symlink that points to nothing (yet) leads; other paths stay as they are.
fs::path FollowLinks(fs::path path) {
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(path, error)); ++i) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

OnTerminal RuleFor(Overwrite overwrite) {
  return overwrite == Overwrite::kReplace ? OnTerminal::kAllow : OnTerminal::kRefuse;
}

OutputPlace FilePlace(const fs::path& path, const FileWriter& writer) {
  OutputPlace place;
  place.folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  place.file_name = path.filename();
  CheckFolder(place.folder, writer);
  return place;
}

OutputPlace SinkPlace(const std::string& path, fs::file_type type, Overwrite overwrite) {
  if (type == fs::file_type::block && overwrite == Overwrite::kNever) {
    throw FileError(
        fmt::format("{} is a block device. Choose another --output, or --force to overwrite it.", path));
  }
  OutputPlace place;
  place.sink.emplace(Sink::Open(path, RuleFor(overwrite)));
  return place;
}

}  // namespace

bool IsStandardOutput(const std::string& output) {
  return output == "-" || output == "/dev/stdout";
}

OutputPlace FindOutputPlace(const std::string& output, Overwrite overwrite, const FileWriter& writer) {
  if (IsStandardOutput(output)) {
    OutputPlace place;
    place.sink.emplace(Sink::StandardOutput(RuleFor(overwrite)));
    return place;
  }
  const fs::path path(output.empty() ? "." : output);
  std::error_code error;
  if (output.ends_with('/')) {
    fs::create_directories(path, error);
    if (error) throw FileError(fmt::format("Cannot make the folder {}: {}.", output, error.message()));
  }
  const fs::file_type type = fs::status(path, error).type();
  switch (type) {
    case fs::file_type::directory: {
      CheckFolder(path, writer);
      OutputPlace place;
      place.folder = path;
      return place;
    }
    case fs::file_type::regular:
      if (overwrite == Overwrite::kNever) {
        throw FileError(fmt::format("{} exists. Choose another --output, or --force to replace it.", output));
      }
      return FilePlace(fs::is_symlink(path) ? fs::canonical(path) : path, writer);
    case fs::file_type::not_found:
      return FilePlace(FollowLinks(path), writer);
    case fs::file_type::none:
      throw FileError(fmt::format("Cannot write to {}: {}.", output, error.message()));
    default:
      return SinkPlace(output, type, overwrite);
  }
}

void CheckFolder(const fs::path& folder, const FileWriter& writer) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw FileError(fmt::format(
        "The folder {} does not exist. Create it, or end --output with / to have it made.", folder.string()));
  }
  // Permissions, read-only and full disks, file systems such as /proc: a trial finds them all.
  error = writer.Begin(folder)->Append("x");
  if (!error) return;
  throw FileError(
      fmt::format("Cannot write to the folder {}: {}.", folder.string(),
                  error == std::errc::no_such_file_or_directory ? "it takes no new files" : error.message()));
}

}  // namespace openrouter_images::client::cli
