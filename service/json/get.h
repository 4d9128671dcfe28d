#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

namespace openrouter_images::json {

// The member `key` of an object if it exists and has the type in the function's name; otherwise nullopt or
// null. Views and pointers are valid as long as the member.

std::optional<std::string_view> GetString(const boost::json::object& object, std::string_view key);

// Any finite JSON number.
std::optional<double> GetNumber(const boost::json::object& object, std::string_view key);

const boost::json::object* GetObject(const boost::json::object& object, std::string_view key);
const boost::json::array* GetArray(const boost::json::object& object, std::string_view key);

}  // namespace openrouter_images::json
