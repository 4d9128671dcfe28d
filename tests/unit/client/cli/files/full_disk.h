#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>

#include "client/cli/files/file_writer.h"

namespace openrouter_images::client::cli {

// A disk with room for so many bytes, whatever the number of files; afterwards every write says ENOSPC.
inline FileWriter DiskWith(size_t room) {
  return FileWriter(
      [left = std::make_shared<size_t>(room)](int fd, const void* data, size_t size) -> ssize_t {
        if (*left == 0) {
          errno = ENOSPC;
          return -1;
        }
        const ssize_t written = ::write(fd, data, std::min(size, *left));
        *left -= static_cast<size_t>(written);
        return written;
      });
}

}  // namespace openrouter_images::client::cli
