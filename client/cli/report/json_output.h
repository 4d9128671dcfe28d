#pragma once

#include <google/protobuf/message.h>

#include <boost/json/value.hpp>
#include <ostream>

namespace openrouter_images::client::cli {

// A message in protobuf's JSON mapping with the field names of the .proto: 64-bit integers are strings,
// durations "1.5s". Pass no message that holds images: they would come along as base64.
boost::json::value MessageJson(const google::protobuf::Message& message);

// One line.
void PrintJson(std::ostream& stream, const boost::json::value& value);

}  // namespace openrouter_images::client::cli
