#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

namespace openrouter::images::json {

// The member `key` of an object, if it is there and of the type that the name says; otherwise nothing. Views
// and pointers live as long as the member does.

std::optional<std::string_view> GetString(const boost::json::object& object, std::string_view key);

// Any JSON number, if it is finite.
std::optional<double> GetNumber(const boost::json::object& object, std::string_view key);

const boost::json::object* GetObject(const boost::json::object& object, std::string_view key);
const boost::json::array* GetArray(const boost::json::object& object, std::string_view key);

}  // namespace openrouter::images::json
