#include "client/cli/json_output.h"

#include <google/protobuf/util/json_util.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

namespace openrouter::images::client {

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
  stream << boost::json::serialize(value) << "\n";
}

}  // namespace openrouter::images::client
