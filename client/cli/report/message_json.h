#pragma once

#include <google/protobuf/message.h>

#include <boost/json/object.hpp>
#include <string>

namespace openrouter_images::client::cli {

// A message for scripts, with the field names of the .proto:
// - numbers are numbers; integers beyond 2^53, which many JSON readers would round, are strings;
// - a duration is a number of seconds, and its name ends in "_seconds";
// - an enum is its word without the prefix: "NOT_BILLED"; the number for a value newer than this tool;
// - numbers, booleans and lists are always there; a field with presence that is not set, an empty text, an
//   unspecified enum and an empty map are left out.
// Pass no message that holds images: bytes are written in hexadecimal.
boost::json::object MessageJson(const google::protobuf::Message& message);

// "NOT_BILLED" for BILLING_OUTCOME_NOT_BILLED; the number for a value newer than this tool; empty for zero.
std::string EnumWord(const google::protobuf::EnumDescriptor& type, int number);

}  // namespace openrouter_images::client::cli
