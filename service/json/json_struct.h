#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>

#include "google/protobuf/struct.pb.h"

namespace openrouter_images::json {

// Conversion between google.protobuf.Struct and JSON, both ways. Pure functions; they never fail and recurse
// at most kMaxJsonDepth levels, whatever they are given.
//
// A Struct knows only doubles, so numbers follow two rules:
// - to JSON, a whole number of at most 2^53 is written as an integer (5, not 5E0), since many readers tell
//   them apart;
// - from JSON, an integer that a double cannot hold exactly becomes a string of its digits, which is also how
//   protobuf's own JSON mapping writes 64-bit integers.
// NaN and infinities, which JSON lacks, become null.

// Limit of the nesting of objects and arrays, the outermost included.
inline constexpr std::size_t kMaxJsonDepth = 32;

// Values nested deeper than kMaxJsonDepth become a string of their JSON text.
google::protobuf::Struct ToStruct(const boost::json::object& object);
google::protobuf::Value ToValue(const boost::json::value& value);

// Values nested deeper than kMaxJsonDepth become null; limits::Check refuses such a Struct in a request.
boost::json::object FromStruct(const google::protobuf::Struct& fields);

// One number, by the rule above.
boost::json::value FromNumber(double number);

}  // namespace openrouter_images::json
