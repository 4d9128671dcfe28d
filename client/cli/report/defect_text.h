#pragma once

#include <string_view>

#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client::cli {

// "not in a known image format", to follow "is saved, but: ".
std::string_view DefectText(v1::ImageDefect defect);

// Whether the bytes may be something other than the image that was made.
bool IsDamage(v1::ImageDefect defect);

}  // namespace openrouter_images::client::cli
