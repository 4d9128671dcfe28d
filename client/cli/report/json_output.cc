#include "client/cli/report/json_output.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <string_view>

namespace openrouter_images::client::cli {
namespace {

// Boost writes every double with an exponent ("3.87E-2"): right, but not what people want to read a price in.
void PrintValue(std::ostream& stream, const boost::json::value& value) {
  std::string_view separator;
  if (const auto* object = value.if_object()) {
    stream << "{";
    for (const auto& [key, member] : *object) {
      stream << separator << boost::json::serialize(boost::json::value(key)) << ":";
      PrintValue(stream, member);
      separator = ",";
    }
    stream << "}";
  } else if (const auto* array = value.if_array()) {
    stream << "[";
    for (const boost::json::value& element : *array) {
      stream << separator;
      PrintValue(stream, element);
      separator = ",";
    }
    stream << "]";
  } else if (const auto* number = value.if_double()) {
    stream << fmt::format("{}", *number);
  } else {
    stream << boost::json::serialize(value);
  }
}

}  // namespace

void PrintJson(std::ostream& stream, const boost::json::value& value) {
  PrintValue(stream, value);
  stream << "\n";
}

}  // namespace openrouter_images::client::cli
