#include "service/http/descriptors.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace openrouter_images::http {

bool OutOfDescriptors() {
  // A lookup takes two to signal its end, one for its files and one for its questions.
  std::array<int, 4> probes;
  bool out = false;
  for (int& probe : probes) {
    probe = eventfd(0, EFD_CLOEXEC);
    out = out || (probe < 0 && (errno == EMFILE || errno == ENFILE));
  }
  for (const int probe : probes) {
    if (probe >= 0) close(probe);
  }
  return out;
}

}  // namespace openrouter_images::http
