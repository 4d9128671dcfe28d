#include "client/cli/files/partial_file.h"

#include <fcntl.h>
#include <fmt/format.h>
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

WriteOutcome Rename(const fs::path& temporary, const fs::path& target, Overwrite overwrite) {
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

// Random, because containers that share a volume share process ids too; short, so that it fits wherever the
// target's name does.
std::string HiddenName() {
  std::random_device random;
  return fmt::format(".images-{:08x}{:08x}.part", random(), random());
}

}  // namespace

PartialFile::PartialFile(const fs::path& folder, WriteFunction write)
    : path_(folder / HiddenName()),
      write_(std::move(write)),
      descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) error_ = LastError();
}

PartialFile::~PartialFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!in_place_) ::unlink(path_.c_str());
}

std::error_code PartialFile::Append(std::string_view data) {
  while (!error_ && !data.empty()) {
    const ssize_t written = write_(descriptor_, data.data(), data.size());
    if (written < 0) {
      if (errno != EINTR) error_ = LastError();
      continue;
    }
    size_ += written;
    data.remove_prefix(static_cast<size_t>(written));
  }
  return error_;
}

std::error_code PartialFile::CopyTo(PartialFile& other) const {
  std::array<char, kCopyBytes> buffer;
  for (off_t at = 0; at < size_;) {
    const ssize_t size = ::pread(descriptor_, buffer.data(), buffer.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return size < 0 ? LastError() : std::make_error_code(std::errc::io_error);
    if (const auto error = other.Append({buffer.data(), static_cast<size_t>(size)})) return error;
    at += size;
  }
  return other.error_;
}

WriteOutcome PartialFile::PutInPlace(const fs::path& target, Overwrite overwrite) {
  // Network file systems tell of a full disk only here. Those that cannot flush at all say EINVAL.
  if (!error_ && ::fsync(descriptor_) != 0 && errno != EINVAL) error_ = LastError();
  if (error_) return {target, error_};
  WriteOutcome outcome = Rename(path_, target, overwrite);
  in_place_ = !outcome.error;
  return outcome;
}

}  // namespace openrouter_images::client::cli
