#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string_view>

#include "google/protobuf/message.h"

namespace openrouter_images::upstream {

// Reads the members `own` of `object` into the fields of `message` with these names, and all others into its
// additional_fields: for messages that have fields which are not the upstream's.
void ReadOwnFields(const boost::json::object& object, std::initializer_list<std::string_view> own,
                   google::protobuf::Message& message);

// Leaves out every additional_fields in `message`, at any depth.
void DropAdditionalFields(google::protobuf::Message& message);

}  // namespace openrouter_images::upstream
