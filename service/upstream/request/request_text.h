#pragma once

#include <string_view>

namespace openrouter::images::upstream {

// Whether two texts are the same but for the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace openrouter::images::upstream
