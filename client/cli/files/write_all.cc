#include "client/cli/files/write_all.h"

#include <poll.h>

#include <cerrno>

namespace openrouter_images::client::cli {

Written WriteAll(const WriteFunction& write, int descriptor, std::string_view data) {
  Written written;
  while (written.size < data.size()) {
    const ssize_t size = write(descriptor, data.data() + written.size, data.size() - written.size);
    if (size >= 0) {
      written.size += static_cast<size_t>(size);
    } else if (errno == EAGAIN) {
      pollfd room = {descriptor, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      written.error = LastError();
      break;
    }
  }
  return written;
}

std::error_code LastError() {
  return {errno, std::generic_category()};
}

}  // namespace openrouter_images::client::cli
