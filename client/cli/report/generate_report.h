#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "client/cli/files/image_files.h"
#include "openrouter_images/v1/images_service.pb.h"

namespace openrouter_images::client::cli {

// What came of a generation, for people: one line per file, then cost, time and attempts. `elapsed` is used
// when the service did not report the time. Of the response only what it says of the call is read.
std::string GenerateText(const v1::GenerateImagesResponse& response, const std::vector<SavedImage>& saved,
                         std::chrono::milliseconds elapsed);

// The same for scripts: {"images": [...], "created", "usage", "call"}, and "error" when an image is not
// where it was asked for. Holds no images.
boost::json::object GenerateJson(const v1::GenerateImagesResponse& response,
                                 const std::vector<SavedImage>& saved);

// The value of "images" in it: path, type and size of each file.
boost::json::array ImagesJson(const std::vector<SavedImage>& saved);

// "37 ms" below a second, "12.5 s" from there on.
std::string DurationText(std::chrono::milliseconds duration);

// What went wrong while saving, with where the images are now; empty when nothing did.
std::string SaveProblems(const std::vector<SavedImage>& saved);

}  // namespace openrouter_images::client::cli
