#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/files/image_files.h"
#include "client/cli/report/exit_code.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client::cli {

// What came of a generation, for people: one line per file, then cost, time and attempts. `elapsed` is used
// when the service did not report the time. Of the response only what it says of the call is read.
std::string GenerateText(const v1::GenerateImagesResponse& response, const std::vector<SavedImage>& saved,
                         std::chrono::milliseconds elapsed);

// What falls short of a call that was billed. The code is kPaidAndLost or kIncomplete.
struct Shortcoming {
  ExitCode code;
  std::string_view word;
  std::string message;
};

// Images that are not where they were asked for, the reply's failure after them, and images that may be
// damaged: a line for each. The worst decides the code. Unset when all is well.
std::optional<Shortcoming> FindShortcoming(const v1::GenerateImagesResponse& response,
                                           const std::vector<SavedImage>& saved);

// The same for scripts: {"images": [...]}, the response's other fields as in MessageJson, and "error" for a
// shortcoming. The response holds no images.
boost::json::object GenerateJson(const v1::GenerateImagesResponse& response,
                                 const std::vector<SavedImage>& saved);

// The value of "images" in it: path, type, size and defects of each file.
boost::json::array ImagesJson(const std::vector<SavedImage>& saved);

// "37 ms" below a second, "12.5 s" from there on.
std::string DurationText(std::chrono::milliseconds duration);

}  // namespace openrouter_images::client::cli
