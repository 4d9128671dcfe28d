#include "client/cli/terminal/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

constexpr std::chrono::milliseconds kFrameTime(100);
constexpr std::array<std::string_view, 10> kFrames = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::string_view kGap = "  ";
constexpr std::string_view kEraseLine = "\r\x1B[K";

}  // namespace

ProgressLine::ProgressLine(std::ostream& stream, size_t width, std::string subject, std::string detail)
    : stream_(stream), width_(width), subject_(std::move(subject)), detail_(std::move(detail)) {
  if (width_ > 0) thread_ = std::jthread([this](const std::stop_token& stop) { Draw(stop); });
}

ProgressLine::~ProgressLine() {
  if (width_ == 0) return;
  thread_.request_stop();
  thread_.join();
  stream_ << kEraseLine << std::flush;
}

void ProgressLine::SetDetail(std::string detail) {
  const std::lock_guard lock(mutex_);
  detail_ = std::move(detail);
}

void ProgressLine::Draw(const std::stop_token& stop) {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    // One column stays free: a full last column makes some terminals wrap.
    stream_ << kEraseLine << ProgressText(subject_, detail_, elapsed, width_ - 1) << std::flush;
    wake_.wait_for(lock, stop, kFrameTime, [] { return false; });
  }
}

std::string ProgressText(std::string_view subject, std::string_view detail, std::chrono::milliseconds elapsed,
                         size_t width) {
  const std::string_view frame = kFrames[static_cast<size_t>(elapsed / kFrameTime) % kFrames.size()];
  const std::string time = ElapsedText(elapsed);
  // What is left of the width after "⠹ " and "  12 s".
  const size_t taken = DisplayWidth(frame) + 1 + kGap.size() + DisplayWidth(time);
  const size_t room = width - std::min(width, taken);
  std::string shown(subject);
  if (DisplayWidth(subject) > room) {
    shown = room < 2 ? "" : std::string(CutToWidth(subject, room - 1)) + "…";
  }
  const std::string text = fmt::format("{} {}{}{}{}{}", frame, shown, shown.empty() ? "" : kGap, time,
                                       detail.empty() ? "" : ", ", detail);
  std::string line(CutToWidth(text, width));
  line.erase(line.find_last_not_of(" ,") + 1);
  return line;
}

std::string ElapsedText(std::chrono::milliseconds elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  return seconds < 60 ? fmt::format("{} s", seconds)
                      : fmt::format("{}:{:02} min", seconds / 60, seconds % 60);
}

}  // namespace openrouter_images::client::cli
