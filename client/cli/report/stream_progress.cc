#include "client/cli/report/stream_progress.h"

#include <fmt/format.h>

#include <string_view>

namespace openrouter_images::client::cli {
namespace {

std::string_view Doing(std::string_view phase) {
  if (phase == "reasoning") return "thinking";
  if (phase == "draft") return "drafting";
  return "writing";
}

}  // namespace

std::string StreamProgressText(const StreamProgress& progress) {
  std::string text;
  if (progress.previews > 0) {
    text = fmt::format("{} preview{}", progress.previews, progress.previews == 1 ? "" : "s");
  }
  const std::string separator = text.empty() ? "" : ", ";
  if (progress.image_bytes > 0) return text + separator + "receiving " + SizeText(progress.image_bytes);
  if (progress.text_bytes > 0) {
    return fmt::format("{}{}{}, {}", text, separator, Doing(progress.phase), SizeText(progress.text_bytes));
  }
  if (!text.empty()) return text;
  return progress.started ? "drawing" : "waiting";
}

std::string SizeText(int64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  if (bytes < 999'950) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace openrouter_images::client::cli
