#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>

namespace openrouter::images::client {

enum class Overwrite {
  kNever,    // a name that is taken is left alone, and the next free one is used: "name-2.png"
  kReplace,  // what bears the name is replaced
};

struct WriteOutcome {
  // Where the file is; when `error` is set, where it should have been.
  std::filesystem::path path;
  std::error_code error;
};

// Puts whole files in place: writes beside the target under a hidden name, flushes to the disk, then renames.
// So a name never stands for half a file, whatever fails, and a failure leaves nothing behind.
class FileWriter {
 public:
  // As write(2).
  using WriteFunction = std::function<ssize_t(int descriptor, const void* data, size_t size)>;

  FileWriter();
  explicit FileWriter(WriteFunction write);

  // The folder must exist. Two writers may want the same name at once: with kNever each gets its own.
  WriteOutcome Write(const std::filesystem::path& target, std::string_view data, Overwrite overwrite) const;

 private:
  std::error_code WriteAll(int descriptor, std::string_view data) const;

  WriteFunction write_;
};

}  // namespace openrouter::images::client
