#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string_view>

#include "google/protobuf/message.h"
#include "service/json/json_struct.h"

namespace openrouter_images::json {

// Translation between the upstream's JSON and our messages, by reflection: a field's name in the .proto is
// the key in the JSON. A new field of the upstream therefore takes one line in the .proto and none here;
// until then it travels in the message's `additional_fields`.
//
// Pure functions that never fail.

// Sets each field of `message` whose name is a key of `object` and whose type fits the value:
// - strings, booleans and numbers within range; a whole double fits an integer field, an integer fits a
//   double field;
// - objects for messages, Structs and maps, arrays for repeated fields. Elements of these that do not fit
//   (null for instance) are left out.
// - null leaves a field unset.
// What is not a field or does not fit goes into `message.additional_fields` under the same key: the value, or
// an array or object of those elements alone that were left out. A message without that field drops it. Bytes
// and enum fields never fit: the upstream has neither. If several members of a oneof fit, the first one is
// set. Fields that are already set are overwritten, repeated ones appended to.
//
// Parse `object` with a max_depth of kMaxJsonDepth.
void ReadMessage(const boost::json::object& object, google::protobuf::Message& message);

// The field additional_fields of messages of this type; null when they have none.
const google::protobuf::FieldDescriptor* AdditionalFieldsOf(const google::protobuf::Descriptor& type);

// additional_fields of a message that has that field, which is then set.
google::protobuf::Struct& MutableAdditionalFields(google::protobuf::Message& message);

// Returns every set field of `message`, but those named in `except`, under its own name, in the order of the
// .proto; integers as JSON numbers, Structs as objects, members of a oneof under their own names. The content
// of `additional_fields` is merged into the object of its message and never replaces a field. Bytes and enum
// fields are left out.
//
//   boost::json::object body = WriteMessage(request.image().provider());
boost::json::object WriteMessage(const google::protobuf::Message& message,
                                 std::initializer_list<std::string_view> except = {});

}  // namespace openrouter_images::json
