#include "client/cli/report/json_output.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
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

boost::json::value MessageJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  // Fails only for values that JSON cannot say, such as an Any of an unknown type; the contract has none.
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return nullptr;
  boost::json::error_code error;
  boost::json::parse_options limits;
  limits.max_depth = 128;
  boost::json::value value = boost::json::parse(text, error, {}, limits);
  return error ? boost::json::value(nullptr) : value;
}

void PrintJson(std::ostream& stream, const boost::json::value& value) {
  PrintValue(stream, value);
  stream << "\n";
}

}  // namespace openrouter_images::client::cli
