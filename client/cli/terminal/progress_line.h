#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

namespace openrouter_images::client::cli {

// One line on a terminal that shows that something is under way and for how long; gone when the object is
// destroyed. Nobody else may write to the stream meanwhile. Draws from its own thread, ten times a second.
class ProgressLine {
 public:
  // `width` in columns of the terminal; 0 (no terminal) draws nothing and starts no thread.
  ProgressLine(std::ostream& stream, size_t width, std::string subject, std::string detail = {});
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // What is going on, shown after the time from the next drawing on. From any thread.
  void SetDetail(std::string detail);

 private:
  void Draw(const std::stop_token& stop);

  std::ostream& stream_;
  const size_t width_;
  const std::string subject_;
  // Guarded by mutex_.
  std::string detail_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

// "⠹ Drawing with some/model  1:05 min", and with a detail "...  1:05 min, waiting". In a narrow width the
// detail is cut first, then the subject; the time is kept.
std::string ProgressText(std::string_view subject, std::string_view detail, std::chrono::milliseconds elapsed,
                         size_t width);

// "12 s", "1:05 min".
std::string ElapsedText(std::chrono::milliseconds elapsed);

}  // namespace openrouter_images::client::cli
