#include "client/cli/generate_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "client/cli/error_report.h"
#include "client/cli/json_output.h"
#include "client/cli/money.h"
#include "client/cli/picture_info.h"
#include "client/cli/table.h"
#include "client/cli/terminal.h"

namespace openrouter::images::client {
namespace {

std::string Grouped(size_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string DimensionsText(const std::string& data) {
  const auto dimensions = ReadDimensions(data);
  return dimensions.has_value() ? fmt::format("{}x{}", dimensions->width, dimensions->height) : "-";
}

std::string Summary(const v1::GenerateImagesResponse& response, std::chrono::milliseconds elapsed) {
  const v1::CallReport& call = response.call();
  double seconds = static_cast<double>(elapsed.count()) / 1000.0;
  if (call.has_total_time()) {
    seconds = static_cast<double>(call.total_time().seconds()) + call.total_time().nanos() / 1e9;
  }
  std::string text =
      response.usage().has_cost() ? "cost " + FormatUsd(response.usage().cost()) : "cost not reported";
  text += fmt::format(", {:.1f} s", seconds);
  if (call.attempts() > 0)
    text += fmt::format(", {} attempt{}", call.attempts(), call.attempts() == 1 ? "" : "s");
  return text + "\n";
}

}  // namespace

std::string GenerateText(const v1::GenerateImagesResponse& response, const std::vector<SavedPicture>& saved,
                         std::chrono::milliseconds elapsed) {
  std::string lines;
  // Columns by hand: paths come first and may be of any length.
  size_t longest = 0;
  for (const SavedPicture& picture : saved) longest = std::max(longest, DisplayWidth(picture.path.string()));
  for (int i = 0; i < response.images_size(); ++i) {
    const SavedPicture& picture = saved[static_cast<size_t>(i)];
    if (picture.path.empty()) continue;
    const v1::GeneratedImage& image = response.images(i);
    const std::string path = picture.path.string();
    lines += fmt::format("{}{}  {}  {}  {} bytes\n", path, std::string(longest - DisplayWidth(path), ' '),
                         Printable(image.media_type()), DimensionsText(image.data()),
                         Grouped(image.data().size()));
  }
  return lines + Summary(response, elapsed);
}

boost::json::object GenerateJson(const v1::GenerateImagesResponse& response,
                                 const std::vector<SavedPicture>& saved) {
  boost::json::array images;
  for (int i = 0; i < response.images_size(); ++i) {
    const v1::GeneratedImage& image = response.images(i);
    const std::string path = saved[static_cast<size_t>(i)].path.string();
    boost::json::object entry;
    entry["path"] = path.empty() ? boost::json::value(nullptr) : boost::json::value(path);
    entry["media_type"] = image.media_type();
    if (const auto dimensions = ReadDimensions(image.data())) {
      entry["width"] = dimensions->width;
      entry["height"] = dimensions->height;
    }
    entry["bytes"] = image.data().size();
    images.push_back(std::move(entry));
  }
  boost::json::object json;
  json["images"] = std::move(images);
  json["created"] = response.created();
  if (response.has_usage()) json["usage"] = MessageJson(response.usage());
  if (response.has_call()) json["call"] = MessageJson(response.call());
  if (const std::string problems = SaveProblems(saved); !problems.empty()) {
    boost::json::object error = OwnErrorJson("WRITE_FAILED", problems, ExitCode::kPaidAndLost);
    error["billing_outcome"] = "BILLED";
    json["error"] = std::move(error);
  }
  return json;
}

std::string SaveProblems(const std::vector<SavedPicture>& saved) {
  std::string text;
  for (const SavedPicture& picture : saved) {
    if (!picture.problem.has_value()) continue;
    if (!text.empty()) text += "\n";
    text += *picture.problem;
    text += picture.path.empty() ? " The picture is lost; it was billed."
                                 : fmt::format(" The picture is safe in {}.", picture.path.string());
  }
  return text;
}

}  // namespace openrouter::images::client
