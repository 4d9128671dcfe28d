#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace openrouter_images::base {

// Returns the content of a regular file of at most `max_bytes`; symbolic links are followed. Error messages
// do not name the file; they continue a sentence that begins with its name:
//   NOT_FOUND         "no such file"
//   OUT_OF_RANGE      "is larger than 64 KiB"
//   INVALID_ARGUMENT  "is a directory", "is not a regular file", "cannot be opened: Permission denied",
//                     "cannot be read"
// Devices and pipes are refused: reading them could block or never end.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace openrouter_images::base
