#include "service/base/overlay.h"

#include <memory>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace openrouter_images::base {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsList(const Descriptor& type) {
  return type.field_count() == 1 && type.field(0)->is_repeated();
}

bool IsValue(const FieldDescriptor& field) {
  return field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
         field.message_type()->file()->package() == "google.protobuf" || IsList(*field.message_type());
}

bool IsUnspecified(const Message& message, const FieldDescriptor& field) {
  return !field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
         message.GetReflection()->GetEnumValue(message, &field) == 0;
}

// Moves the fields that `over` sets into `under`; leaves `over` in an unspecified state.
void MoveOnto(Message& under, Message& over) {
  const Reflection& reflection = *over.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(over, &set);
  std::vector<const FieldDescriptor*> values;
  for (const FieldDescriptor* field : set) {
    if (!IsValue(*field)) {
      MoveOnto(*reflection.MutableMessage(&under, field), *reflection.MutableMessage(&over, field));
    } else if (!IsUnspecified(over, *field)) {
      values.push_back(field);
    }
  }
  // Message::MergeFrom would append lists, and merge the seconds and nanoseconds of a Duration separately.
  reflection.SwapFields(&under, &over, values);
}

}  // namespace

void OverlayOnto(Message& under, const Message& over) {
  const std::unique_ptr<Message> copy(over.New());
  copy->CopyFrom(over);
  MoveOnto(under, *copy);
}

}  // namespace openrouter_images::base
