#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace openrouter::images::base {

// The content of a regular file (or of what a symbolic link leads to) of at most `max_bytes`. Errors do not
// name the file; their messages continue a sentence that begins with it:
//   NOT_FOUND         "no such file"
//   OUT_OF_RANGE      "is larger than 64 KiB"
//   INVALID_ARGUMENT  "is a directory", "is not a regular file", "cannot be opened: Permission denied",
//                     "cannot be read"
// A device or a pipe is refused, as reading it could block or never end.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace openrouter::images::base
