#include "client/cli/file_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <string>
#include <utility>

namespace openrouter::images::client {
namespace {

namespace fs = std::filesystem;

constexpr int kMostNames = 10'000;

std::error_code LastError() {
  return {errno, std::generic_category()};
}

// "dir/name.png", "dir/name-2.png", "dir/name-3.png", ...
fs::path Numbered(const fs::path& target, int number) {
  if (number == 1) return target;
  return target.parent_path() /
         fmt::format("{}-{}{}", target.stem().string(), number, target.extension().string());
}

// Renames unless the new name is taken: EEXIST then.
std::error_code RenameToFree(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return LastError();
  // A file system without that flag (some network ones): a hard link is as exclusive.
  if (::link(from.c_str(), to.c_str()) != 0) return LastError();
  ::unlink(from.c_str());
  return {};
}

WriteOutcome PutInPlace(const fs::path& temporary, const fs::path& target, Overwrite overwrite) {
  if (overwrite == Overwrite::kReplace) {
    if (::rename(temporary.c_str(), target.c_str()) != 0) return {target, LastError()};
    return {target, {}};
  }
  for (int number = 1; number <= kMostNames; ++number) {
    const fs::path candidate = Numbered(target, number);
    const std::error_code error = RenameToFree(temporary, candidate);
    if (error != std::errc::file_exists) return {error ? target : candidate, error};
  }
  return {target, std::make_error_code(std::errc::file_exists)};
}

}  // namespace

FileWriter::FileWriter()
    : FileWriter([](int fd, const void* data, size_t size) { return ::write(fd, data, size); }) {}

FileWriter::FileWriter(WriteFunction write) : write_(std::move(write)) {}

WriteOutcome FileWriter::Write(const fs::path& target, std::string_view data, Overwrite overwrite) const {
  // Random, because containers that share a volume share process ids too; short, so that it fits wherever the
  // target's name does.
  std::random_device random;
  const fs::path temporary =
      target.parent_path() / fmt::format(".images-{:08x}{:08x}.part", random(), random());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return {target, LastError()};
  std::error_code error = WriteAll(descriptor, data);
  // Network file systems tell of a full disk only here. Those that cannot flush at all say EINVAL.
  if (!error && ::fsync(descriptor) != 0 && errno != EINVAL) error = LastError();
  if (::close(descriptor) != 0 && !error) error = LastError();
  WriteOutcome outcome = error ? WriteOutcome{target, error} : PutInPlace(temporary, target, overwrite);
  if (outcome.error) ::unlink(temporary.c_str());
  return outcome;
}

std::error_code FileWriter::WriteAll(int descriptor, std::string_view data) const {
  while (!data.empty()) {
    const ssize_t written = write_(descriptor, data.data(), data.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return LastError();
    }
    data.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace openrouter::images::client
