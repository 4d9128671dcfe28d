#include "client/cli/files/partial_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <random>
#include <utility>

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMostNames = 10'000;
constexpr size_t kCopyBytes = 64 * 1024;
constexpr mode_t kMode = 0666;

// "dir/name.png", "dir/name-2.png", "dir/name-3.png", ...
fs::path Numbered(const fs::path& target, int number) {
  if (number == 1) return target;
  return target.parent_path() /
         fmt::format("{}-{}{}", target.stem().string(), number, target.extension().string());
}

// Random, because containers that share a volume share process ids too; short, so that it fits wherever the
// target's name does.
std::string HiddenName() {
  std::random_device random;
  return fmt::format(".images-{:08x}{:08x}.part", random(), random());
}

int OpenUnlinked(const fs::path& folder) {
  const fs::path path = folder / HiddenName();
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  if (descriptor >= 0) ::unlink(path.c_str());
  return descriptor;
}

int OpenNameless(const fs::path& folder) {
  const fs::path path = folder.empty() ? fs::path(".") : folder;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, kMode);
  return descriptor >= 0 ? descriptor : OpenUnlinked(folder);
}

// Network file systems report a full disk only here. Those that cannot flush at all say EINVAL.
std::error_code Flush(int descriptor) {
  if (::fsync(descriptor) == 0 || errno == EINVAL) return {};
  return LastError();
}

bool IsRegularFile(const fs::path& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
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

WriteOutcome Rename(const fs::path& hidden, const fs::path& target, Overwrite overwrite) {
  if (overwrite == Overwrite::kReplace && IsRegularFile(target)) {
    if (::rename(hidden.c_str(), target.c_str()) != 0) return {target, LastError()};
    return {target, {}};
  }
  for (int number = 1; number <= kMostNames; ++number) {
    const fs::path candidate = Numbered(target, number);
    const std::error_code error = RenameToFree(hidden, candidate);
    if (error != std::errc::file_exists) return {error ? target : candidate, error};
  }
  return {target, std::make_error_code(std::errc::file_exists)};
}

}  // namespace

PartialFile::PartialFile(const fs::path& folder, WriteFunction write, Start start)
    : write_(std::move(write)),
      descriptor_(start == Start::kNameless ? OpenNameless(folder) : OpenUnlinked(folder)) {
  if (descriptor_ < 0) error_ = LastError();
}

PartialFile::~PartialFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::error_code PartialFile::Append(std::string_view data) {
  if (error_) return error_;
  const Written written = WriteAll(write_, descriptor_, data);
  size_ += static_cast<off_t>(written.size);
  error_ = written.error;
  return error_;
}

std::error_code PartialFile::Read(const std::function<std::error_code(std::string_view)>& take) const {
  std::array<char, kCopyBytes> buffer;
  for (off_t at = 0; at < size_;) {
    const ssize_t size = ::pread(descriptor_, buffer.data(), buffer.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return size < 0 ? LastError() : std::make_error_code(std::errc::io_error);
    if (const std::error_code error = take({buffer.data(), static_cast<size_t>(size)})) return error;
    at += size;
  }
  return {};
}

WriteOutcome PartialFile::PutInPlace(const fs::path& target, Overwrite overwrite) {
  if (!error_) error_ = Flush(descriptor_);
  // A name is given by rename, which can replace a file and link cannot.
  const fs::path hidden = target.parent_path() / HiddenName();
  if (!error_) error_ = GiveName(hidden);
  if (error_) return {target, error_};
  WriteOutcome outcome = Rename(hidden, target, overwrite);
  if (outcome.error) ::unlink(hidden.c_str());
  return outcome;
}

// As it is where the file system and /proc allow that, else as a copy.
std::error_code PartialFile::GiveName(const fs::path& name) const {
  const std::string self = fmt::format("/proc/self/fd/{}", descriptor_);
  if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
  const int copy = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  if (copy < 0) return LastError();
  std::error_code error = Read([&](std::string_view piece) { return WriteAll(write_, copy, piece).error; });
  if (!error) error = Flush(copy);
  ::close(copy);
  if (error) ::unlink(name.c_str());
  return error;
}

}  // namespace openrouter_images::client::cli
