#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "client/cli/picture_files.h"
#include "openrouter/images/v1/images_service.pb.h"

namespace openrouter::images::client {

// What came of a generation, for people: a line a file, then cost, time and attempts. `elapsed` stands in
// when the service did not report the time. `saved` has one entry for each picture of the response.
std::string GenerateText(const v1::GenerateImagesResponse& response, const std::vector<SavedPicture>& saved,
                         std::chrono::milliseconds elapsed);

// The same for scripts: {"images": [...], "created", "usage", "call"}, and "error" when a picture is not
// where it was asked for. Holds no pictures.
boost::json::object GenerateJson(const v1::GenerateImagesResponse& response,
                                 const std::vector<SavedPicture>& saved);

// What went wrong while saving, with where the pictures are now; empty when nothing did.
std::string SaveProblems(const std::vector<SavedPicture>& saved);

}  // namespace openrouter::images::client
