#include "client/cli/report/generate_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "client/cli/files/image_header.h"
#include "client/cli/report/defect_text.h"
#include "client/cli/report/error_report.h"
#include "client/cli/report/json_output.h"
#include "client/cli/report/message_json.h"
#include "client/cli/report/money.h"
#include "client/cli/report/table.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

std::string Grouped(size_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string DimensionsText(const std::optional<Dimensions>& dimensions) {
  return dimensions.has_value() ? fmt::format("{}x{}", dimensions->width, dimensions->height) : "-";
}

std::string Summary(const v1::GenerateImagesResponse& response, std::chrono::milliseconds elapsed) {
  const v1::CallReport& call = response.call();
  if (call.has_total_time()) {
    elapsed = std::chrono::seconds(call.total_time().seconds()) +
              std::chrono::milliseconds(call.total_time().nanos() / 1'000'000);
  }
  std::string text =
      response.usage().has_cost() ? "cost " + FormatUsd(response.usage().cost()) : "cost not reported";
  text += ", " + DurationText(elapsed);
  if (const int sent = call.requests_sent(); sent > 0) {
    text += fmt::format(", {} attempt{}", sent, sent == 1 ? "" : "s");
  }
  if (const int possibly = call.possibly_billed_attempts(); possibly > 0) {
    text +=
        fmt::format("; {} earlier attempt{} may have been billed too", possibly, possibly == 1 ? "" : "s");
  }
  return text + "\n";
}

// "1 image is saved, but then the reply failed (TRUNCATED): words of the upstream. More may have ..."
std::string PartialFailureText(const v1::PartialFailure& failure, ptrdiff_t images) {
  std::string text =
      fmt::format("{} image{} saved, but then the reply failed", images, images == 1 ? " is" : "s are");
  if (const std::string reason = EnumWord(*v1::ErrorReason_descriptor(), failure.reason()); !reason.empty()) {
    text += " (" + reason + ")";
  }
  const std::string& words =
      failure.upstream().message().empty() ? failure.message() : failure.upstream().message();
  if (!words.empty()) text += ": " + Printable(words);
  return text + (text.ends_with('.') ? "" : ".") + " More may have been made and billed.";
}

}  // namespace

std::string DurationText(std::chrono::milliseconds duration) {
  if (duration < std::chrono::seconds(1)) return fmt::format("{} ms", duration.count());
  return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1000.0);
}

std::string GenerateText(const v1::GenerateImagesResponse& response, const std::vector<SavedImage>& saved,
                         std::chrono::milliseconds elapsed) {
  std::string lines;
  // Columns by hand: paths come first and may be of any length.
  size_t longest = 0;
  for (const SavedImage& image : saved) longest = std::max(longest, DisplayWidth(image.path.string()));
  for (const SavedImage& image : saved) {
    if (image.path.empty()) continue;
    const std::string path = image.path.string();
    lines += fmt::format("{}{}  {}  {}  {} bytes\n", path, std::string(longest - DisplayWidth(path), ' '),
                         Printable(image.media_type), DimensionsText(image.dimensions),
                         Grouped(static_cast<size_t>(image.size_bytes)));
  }
  return lines + Summary(response, elapsed);
}

boost::json::array ImagesJson(const std::vector<SavedImage>& saved) {
  boost::json::array images;
  for (const SavedImage& image : saved) {
    std::string path = image.path.string();
    // JSON cannot say the name of a file that is not in UTF-8.
    if (FirstInvalidUtf8(path).has_value()) path = Printable(path);
    boost::json::object entry;
    entry["path"] = path.empty() ? boost::json::value(nullptr) : boost::json::value(path);
    entry["media_type"] = image.media_type;
    if (image.dimensions.has_value()) {
      entry["width"] = image.dimensions->width;
      entry["height"] = image.dimensions->height;
    }
    entry["bytes"] = image.size_bytes;
    boost::json::array defects;
    for (const v1::ImageDefect defect : image.defects)
      defects.push_back(boost::json::value(EnumWord(*v1::ImageDefect_descriptor(), defect)));
    entry["defects"] = std::move(defects);
    images.push_back(std::move(entry));
  }
  return images;
}

boost::json::object GenerateJson(const v1::GenerateImagesResponse& response,
                                 const std::vector<SavedImage>& saved) {
  boost::json::object json;
  json["images"] = ImagesJson(saved);
  for (const auto& [name, value] : MessageJson(response)) json.emplace(name, value);
  if (const std::optional<Shortcoming> shortcoming = FindShortcoming(response, saved)) {
    boost::json::object error = OwnErrorJson(shortcoming->word, shortcoming->message, shortcoming->code);
    error["billing_outcome"] = "BILLED";
    json["error"] = std::move(error);
  }
  return json;
}

std::optional<Shortcoming> FindShortcoming(const v1::GenerateImagesResponse& response,
                                           const std::vector<SavedImage>& saved) {
  std::optional<Shortcoming> found;
  const auto add = [&found](ExitCode code, std::string_view word, const std::string& message) {
    if (!found.has_value()) {
      found = {code, word, message};
    } else {
      found->message += "\n" + message;
    }
  };
  for (const SavedImage& image : saved) {
    if (!image.problem.has_value()) continue;
    add(ExitCode::kPaidAndLost, "WRITE_FAILED",
        *image.problem + (image.path.empty()
                              ? " The image is lost; it was billed."
                              : fmt::format(" The image is safe in {}.", image.path.string())));
  }
  if (response.has_partial_failure()) {
    const auto images =
        std::ranges::count_if(saved, [](const SavedImage& image) { return !image.path.empty(); });
    add(ExitCode::kIncomplete, "PARTIAL_FAILURE", PartialFailureText(response.partial_failure(), images));
  }
  for (const SavedImage& image : saved) {
    for (const v1::ImageDefect defect : image.defects) {
      if (image.path.empty() || !IsDamage(defect)) continue;
      add(ExitCode::kIncomplete, "DEFECTIVE_IMAGE",
          fmt::format("{} is saved, but: {}.", image.path.string(), DefectText(defect)));
    }
  }
  return found;
}

}  // namespace openrouter_images::client::cli
