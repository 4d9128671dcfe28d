#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string_view>

#include "google/protobuf/message.h"
#include "service/json/json_struct.h"

namespace openrouter::images::json {

// Translation between the upstream's JSON and our messages, by reflection: a field's name in the .proto is
// the key in the JSON. To learn a new field of the upstream is therefore one line in the .proto and nothing
// here; until then the field travels in the message's `additional_fields`.
//
// Pure functions; nothing here fails and nothing is lost.

// Sets each field of `message` whose name is a key of `object` and whose type fits the value:
// - strings, booleans, numbers (a whole double fits an integer field, an integer fits a double field), within
// range;
// - objects for messages and Structs, objects of fitting values for maps, arrays of fitting values for
// repeated fields.
//   One element that does not fit makes the whole key not fit.
// - null leaves a field unset.
// Every key that is not a field or does not fit goes, whole, into `message.additional_fields`; a message
// without that field drops it. Bytes and enum fields never fit: the upstream has neither. Of a oneof the
// first member wins. Fields that are set already are overwritten, repeated ones appended to.
//
// `object` is best parsed with a max_depth of kMaxJsonDepth.
void ReadMessage(const boost::json::object& object, google::protobuf::Message& message);

// Every set field of `message` under its own name, in the order of the .proto; integers as JSON numbers,
// Structs as objects, members of a oneof under their own names. The content of `additional_fields` is merged
// at the level of its message and never replaces a field. Bytes and enum fields are left out.
//
//   boost::json::object body = WriteMessage(request.image().provider());
boost::json::object WriteMessage(const google::protobuf::Message& message,
                                 std::initializer_list<std::string_view> except = {});

}  // namespace openrouter::images::json
