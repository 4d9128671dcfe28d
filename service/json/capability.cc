#include "service/json/capability.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "service/json/get.h"
#include "service/json/json_struct.h"

namespace openrouter_images::json {
namespace {

// `object` keeps those values that are no texts.
bool ReadEnum(boost::json::object& object, v1::CapabilityDescriptor& capability) {
  const boost::json::array* values = GetArray(object, "values");
  if (values == nullptr) return false;
  v1::EnumCapability read;
  boost::json::array rest;
  for (const boost::json::value& value : *values) {
    if (value.is_string()) {
      read.add_values(value.get_string().data(), value.get_string().size());
    } else {
      rest.push_back(value);
    }
  }
  if (read.values().empty() && !rest.empty()) return false;
  if (rest.empty()) {
    object.erase("values");
  } else {
    object["values"] = std::move(rest);
  }
  *capability.mutable_enum_() = std::move(read);
  return true;
}

bool ReadRange(const boost::json::object& object, v1::CapabilityDescriptor& capability) {
  const std::optional<double> min = GetNumber(object, "min");
  const std::optional<double> max = GetNumber(object, "max");
  if (!min || !max) return false;
  capability.mutable_range()->set_min(*min);
  capability.mutable_range()->set_max(*max);
  return true;
}

void KeepAllBut(std::initializer_list<std::string_view> known, boost::json::object object,
                v1::CapabilityDescriptor& capability) {
  for (const std::string_view key : known) object.erase(key);
  if (!object.empty()) *capability.mutable_additional_fields() = ToStruct(object);
}

}  // namespace

void ReadCapability(boost::json::object object, v1::CapabilityDescriptor& capability) {
  capability.Clear();
  const std::string name(GetString(object, "type").value_or(""));
  if (name == "enum" && ReadEnum(object, capability)) {
    KeepAllBut({"type"}, object, capability);
  } else if (name == "range" && ReadRange(object, capability)) {
    KeepAllBut({"type", "min", "max"}, object, capability);
  } else if (name == "boolean") {
    capability.mutable_boolean();
    KeepAllBut({"type"}, object, capability);
  } else {
    KeepAllBut({}, object, capability);
  }
}

}  // namespace openrouter_images::json
