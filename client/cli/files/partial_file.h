#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>

namespace openrouter_images::client::cli {

// As write(2).
using WriteFunction = std::function<ssize_t(int descriptor, const void* data, size_t size)>;

enum class Overwrite {
  kNever,    // a name that is taken is left alone, and the next free one is used: "name-2.png"
  kReplace,  // what bears the name is replaced
};

struct WriteOutcome {
  // Where the file is; when `error` is set, where it should have been.
  std::filesystem::path path;
  std::error_code error;
};

// A file that is being written under a hidden name, and gets its own when it is whole. So a name never
// denotes half a file; a file that never gets its name is removed, unless the process is killed. The first error
// stays: all that follows reports it.
class PartialFile {
 public:
  // The folder must exist; later calls report whether it could be used.
  PartialFile(const std::filesystem::path& folder, WriteFunction write);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::error_code Append(std::string_view data);

  // Bytes that were written.
  off_t size() const { return size_; }

  // Appends to `other` what was written so far, even if the folder is gone or the disk full.
  std::error_code CopyTo(PartialFile& other) const;

  // Flushes to the disk and renames; `target` must be on the same file system. Two writers may want the same
  // name at once: with kNever each gets its own. Once.
  WriteOutcome PutInPlace(const std::filesystem::path& target, Overwrite overwrite);

 private:
  std::filesystem::path path_;
  WriteFunction write_;
  int descriptor_;
  off_t size_ = 0;
  std::error_code error_;
  bool in_place_ = false;
};

}  // namespace openrouter_images::client::cli
