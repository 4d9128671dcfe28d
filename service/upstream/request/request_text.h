#pragma once

#include <string_view>

namespace openrouter_images::upstream {

// Whether two texts are equal, ignoring the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace openrouter_images::upstream
