#pragma once

#include <boost/json/value.hpp>
#include <ostream>

namespace openrouter_images::client::cli {

// One line. Numbers are written as people write them: 0.0387, not 3.87E-2.
void PrintJson(std::ostream& stream, const boost::json::value& value);

}  // namespace openrouter_images::client::cli
