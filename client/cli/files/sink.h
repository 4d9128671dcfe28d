#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace openrouter_images::client::cli {

// Whether a terminal may receive the bytes of images, which it would show as garbage.
enum class OnTerminal { kRefuse, kAllow };

// Something that takes bytes where it is and is never replaced: standard output, a device, a FIFO.
class Sink {
 public:
  // Both throw FileError when it cannot be written to. Opening a FIFO waits for its reader, as in a shell.
  static Sink StandardOutput(OnTerminal on_terminal);
  static Sink Open(const std::string& path, OnTerminal on_terminal);
  Sink(Sink&& other) noexcept;
  Sink& operator=(Sink&&) = delete;
  ~Sink();

  std::error_code Write(std::string_view data) const;

  // "standard output", or the path.
  const std::string& name() const { return name_; }

 private:
  Sink(int descriptor, std::string name, OnTerminal on_terminal);

  int descriptor_;
  std::string name_;
};

// Whether something written to standard output now would arrive; else why not. A disk may still fill up, and
// a reader may still go away.
std::error_code CheckStandardOutput();

}  // namespace openrouter_images::client::cli
