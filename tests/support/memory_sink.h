#pragma once

#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>

namespace openrouter_images::testing {

// Keeps every line of the log in memory, for JsonLog. Thread-safe.
class MemorySink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    text_.append(line.data(), line.size());
  }
  void flush_() override {}

  std::string text_;
};

}  // namespace openrouter_images::testing
