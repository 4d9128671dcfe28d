#include "service/upstream/reply/own_fields.h"

#include <algorithm>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "service/json/json_message.h"
#include "service/json/json_struct.h"

namespace openrouter_images::upstream {

namespace pb = google::protobuf;

void ReadOwnFields(const boost::json::object& object, std::initializer_list<std::string_view> own,
                   pb::Message& message) {
  boost::json::object known;
  boost::json::object rest;
  for (const auto& [key, value] : object) {
    const bool is_own = std::ranges::find(own, std::string_view(key)) != own.end();
    (is_own ? known : rest).emplace(key, value);
  }
  json::ReadMessage(known, message);
  if (!rest.empty()) json::MutableAdditionalFields(message).MergeFrom(json::ToStruct(rest));
}

void DropAdditionalFields(pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (field->name().starts_with("additional_")) {
      reflection.ClearField(&message, field);
    } else if (!field->is_repeated()) {
      DropAdditionalFields(*reflection.MutableMessage(&message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        DropAdditionalFields(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

}  // namespace openrouter_images::upstream
