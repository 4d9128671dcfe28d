#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace openrouter_images::client::cli {

// A FIFO with a reader, neither of which makes anybody wait.
class Fifo {
 public:
  explicit Fifo(const std::filesystem::path& path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~Fifo() { ::close(descriptor_); }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  // What was written so far, at most as much as a FIFO holds.
  std::string Content() const {
    std::string content(65536, '\0');
    const ssize_t size = ::read(descriptor_, content.data(), content.size());
    content.resize(size < 0 ? 0 : static_cast<size_t>(size));
    return content;
  }

 private:
  int descriptor_;
};

}  // namespace openrouter_images::client::cli
