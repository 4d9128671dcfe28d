#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace openrouter::images::sandbox {

// Serializes with numbers as people write them, 0.04 and not 4E-2 as Boost.JSON does: replies are read by
// eye, too. Doubles are rounded to 15 significant digits.
std::string JsonText(const boost::json::value& value);

}  // namespace openrouter::images::sandbox
