#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openrouter_images::client::cli {

// The candidate that was probably meant: one that begins with the word, else the one that is the fewest
// typing errors away (a letter that is missing, superfluous or wrong, or two that are swapped; one for every
// three letters at most). Empty when none is close.
std::string Closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace openrouter_images::client::cli
