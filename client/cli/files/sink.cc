#include "client/cli/files/sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <utility>

#include "client/cli/files/file_error.h"
#include "client/cli/files/write_all.h"

namespace openrouter_images::client::cli {

Sink::Sink(int descriptor, std::string name, OnTerminal on_terminal)
    : descriptor_(descriptor), name_(std::move(name)) {
  if (on_terminal == OnTerminal::kRefuse && ::isatty(descriptor_) != 0) {
    throw FileError(
        fmt::format("Cannot write an image to {}: it is a terminal. Name a file with --output, or use a "
                    "pipe, or --force.",
                    name_));
  }
}

Sink Sink::StandardOutput(OnTerminal on_terminal) {
  if (const std::error_code error = CheckStandardOutput()) {
    throw FileError(fmt::format("Cannot write the image to standard output: {}.", error.message()));
  }
  return {STDOUT_FILENO, "standard output", on_terminal};
}

Sink Sink::Open(const std::string& path, OnTerminal on_terminal) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) throw FileError(fmt::format("Cannot write to {}: {}.", path, LastError().message()));
  return {descriptor, path, on_terminal};
}

Sink::Sink(Sink&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}

Sink::~Sink() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

std::error_code Sink::Write(std::string_view data) const {
  return WriteAll(::write, descriptor_, data).error;
}

std::error_code CheckStandardOutput() {
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  if (flags < 0) return LastError();
  if ((flags & O_ACCMODE) == O_RDONLY) return std::make_error_code(std::errc::bad_file_descriptor);
  // A pipe whose reader is gone.
  pollfd stream = {STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&stream, 1, 0) > 0 && (stream.revents & POLLERR) != 0) {
    return std::make_error_code(std::errc::broken_pipe);
  }
  return {};
}

}  // namespace openrouter_images::client::cli
