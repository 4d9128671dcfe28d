#include "service/upstream/request/additional_fields.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "openrouter_images/v1/image_spec.pb.h"
#include "service/json/json_message.h"
#include "service/json/json_struct.h"
#include "service/limits/field_path.h"
#include "service/limits/struct_check.h"

namespace openrouter_images::upstream {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;
using limits::FieldPath;

// The value's own field, or the member of its oneof, that is set; null when there is none.
const Field* SetField(const pb::Message& message, const Field& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.real_containing_oneof() != nullptr) {
    return reflection.GetOneofFieldDescriptor(message, field.real_containing_oneof());
  }
  const bool set =
      field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
  return set ? &field : nullptr;
}

std::string TypeOf(const Field& field) {
  if (field.is_map()) return "an object";
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case Field::CPPTYPE_STRING:
      return list ? "a list of texts" : "a text";
    case Field::CPPTYPE_MESSAGE:
      return list ? "a list of objects" : "an object";
    case Field::CPPTYPE_BOOL:
      return "true or false";
    case Field::CPPTYPE_DOUBLE:
      return "a number";
    default:
      return "a whole number";
  }
}

// Whether the message is a reference in the upstream's own form, whose names are not those of our fields.
bool IsOwnForm(const pb::Message& message, const pb::Struct& more) {
  return message.GetDescriptor() == v1::InputReference::descriptor() && more.fields().contains("type");
}

// The field that takes a value with the name of `field`.
const Field& TargetOf(const Field& field, const pb::Value& value) {
  const bool sort = field.full_name() == "openrouter_images.v1.ProviderPreferences.sort";
  return sort && value.has_struct_value() ? *field.containing_type()->FindFieldByName("sort_config") : field;
}

// Moves an object into the additional_fields of an empty message, which an empty object leaves unset.
void TakeFields(pb::Value& object, pb::Message& message) {
  if (object.struct_value().fields().empty()) return;
  json::MutableAdditionalFields(message).Swap(object.mutable_struct_value());
}

// Moves an object, or a list of objects, into the additional_fields of the field's messages, from where the
// walk moves their values on.
bool MoveObjects(pb::Message& message, const Field& field, pb::Value& value) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    if (!value.has_struct_value()) return false;
    TakeFields(value, *reflection.MutableMessage(&message, &field));
    return true;
  }
  const auto is_object = [](const pb::Value& element) { return element.has_struct_value(); };
  if (!value.has_list_value() || !std::ranges::all_of(value.list_value().values(), is_object)) return false;
  for (pb::Value& element : *value.mutable_list_value()->mutable_values()) {
    TakeFields(element, *reflection.AddMessage(&message, &field));
  }
  return true;
}

// Copies a value of another type. False: it does not fit, or not as a whole.
bool CopyValue(pb::Message& message, const Field& field, const pb::Value& value) {
  if (value.has_null_value()) return false;
  pb::Struct one;
  (*one.mutable_fields())[field.name()] = value;
  const std::unique_ptr<pb::Message> read(message.New());
  json::ReadMessage(json::FromStruct(one), *read);
  // That is where ReadMessage leaves what does not fit.
  if (!json::MutableAdditionalFields(*read).fields().empty()) return false;
  message.GetReflection()->SwapFields(&message, read.get(), {&field});
  return true;
}

bool MoveValue(pb::Message& message, const Field& field, pb::Value& value) {
  const bool objects = field.cpp_type() == Field::CPPTYPE_MESSAGE && !field.is_map() &&
                       json::AdditionalFieldsOf(*field.message_type()) != nullptr;
  return objects ? MoveObjects(message, field, value) : CopyValue(message, field, value);
}

void MoveOwn(pb::Message& message, pb::Struct& more, const FieldPath& path, limits::Violations& violations) {
  if (IsOwnForm(message, more) || !limits::IsGood(more)) return;
  const FieldPath additional = path.Field("additional_fields");
  const pb::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& name = type.field(i)->name();
    const auto found = more.mutable_fields()->find(name);
    if (found == more.mutable_fields()->end()) continue;
    const Field& field = TargetOf(*type.field(i), found->second);
    std::string fault;
    if (const Field* other = SetField(message, field)) {
      fault = absl::StrCat("is set twice: also as ", path.Field(other->name()).ToString());
    } else if (!MoveValue(message, field, found->second)) {
      fault = absl::StrCat("must be ", TypeOf(field), ", as the field of this name");
    }
    if (fault.empty()) {
      more.mutable_fields()->erase(found);
      // An empty one would be refused.
      if (more.fields().empty())
        return message.GetReflection()->ClearField(&message, json::AdditionalFieldsOf(type));
    } else {
      AddViolation(additional.Field(name).ToString(), fault, violations);
    }
  }
}

void Move(pb::Message& message, const FieldPath& path, limits::Violations& violations) {
  const pb::Reflection& reflection = *message.GetReflection();
  const Field* additional = json::AdditionalFieldsOf(*message.GetDescriptor());
  if (additional != nullptr && reflection.HasField(message, additional)) {
    MoveOwn(message, json::MutableAdditionalFields(message), path, violations);
  }
  std::vector<const Field*> set;
  reflection.ListFields(message, &set);
  for (const Field* field : set) {
    const bool ours = field->cpp_type() == Field::CPPTYPE_MESSAGE && !field->is_map() &&
                      field->message_type()->file()->package() != "google.protobuf";
    if (!ours) continue;
    const FieldPath at = path.Field(field->name());
    if (!field->is_repeated()) {
      Move(*reflection.MutableMessage(&message, field), at, violations);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      Move(*reflection.MutableRepeatedMessage(&message, field, i), at.Index(i), violations);
    }
  }
}

}  // namespace

void MoveToFields(pb::Message& message, std::string_view path, limits::Violations& violations) {
  Move(message, FieldPath(path), violations);
}

}  // namespace openrouter_images::upstream
