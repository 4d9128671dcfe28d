#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace openrouter_images::sandbox {

// Serializes with plain decimal numbers, 0.04 where Boost.JSON writes 4E-2: people read the replies as well.
// Doubles are rounded to 15 significant digits.
std::string JsonText(const boost::json::value& value);

}  // namespace openrouter_images::sandbox
