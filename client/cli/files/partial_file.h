#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>

#include "client/cli/files/write_all.h"

namespace openrouter_images::client::cli {

enum class Overwrite {
  kNever,    // a name that is taken is left alone, and the next free one is used: "name-2.png"
  kReplace,  // a regular file that has the name is replaced; whatever else has it is left alone, as above
};

struct WriteOutcome {
  // Where the file is; when `error` is set, where it should have been.
  std::filesystem::path path;
  std::error_code error;
};

// A file that is written without a name and gets one when it is whole: a name never denotes half a file, and
// a process that is killed leaves nothing. The first error stays: all that follows reports it.
class PartialFile {
 public:
  enum class Start {
    kNameless,  // O_TMPFILE; kUnlinked where the file system has no such files
    kUnlinked,  // a hidden name that is removed at once
  };

  // The folder must exist; later calls report whether it could be used.
  PartialFile(const std::filesystem::path& folder, WriteFunction write, Start start = Start::kNameless);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::error_code Append(std::string_view data);

  // Bytes that were written.
  off_t size() const { return size_; }

  // Hands what was written so far to `take`, in pieces, until `take` returns an error. Works even if the
  // folder is gone or the disk is full.
  std::error_code Read(const std::function<std::error_code(std::string_view)>& take) const;

  // Flushes to the disk and gives the file its name; `target` must be in the same folder. Two writers may
  // want the same name at once: with kNever each gets its own. Once.
  WriteOutcome PutInPlace(const std::filesystem::path& target, Overwrite overwrite);

 private:
  std::error_code GiveName(const std::filesystem::path& name) const;

  WriteFunction write_;
  int descriptor_;
  off_t size_ = 0;
  std::error_code error_;
};

}  // namespace openrouter_images::client::cli
