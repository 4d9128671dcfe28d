#include "service/json/json_message.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "service/json/capability.h"

namespace openrouter_images::json {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

std::optional<std::int64_t> AsInteger(const boost::json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (!value.is_double()) return std::nullopt;  // An uint64 is kept as one only above the range of int64.
  constexpr double kBeyondInt64 = 9223372036854775808.0;
  const double number = value.get_double();
  if (!(number >= -kBeyondInt64 && number < kBeyondInt64) || std::trunc(number) != number)
    return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<double> AsDouble(const boost::json::value& value) {
  if (!value.is_number()) return std::nullopt;
  const auto number = value.to_number<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

// ReadMessage, with the messages that have a JSON form of their own.
void ReadObject(const boost::json::object& object, pb::Message& message) {
  if (message.GetDescriptor() == pb::Struct::descriptor()) {
    static_cast<pb::Struct&>(message) = ToStruct(object);
  } else if (message.GetDescriptor() == v1::CapabilityDescriptor::descriptor()) {
    ReadCapability(object, static_cast<v1::CapabilityDescriptor&>(message));
  } else {
    ReadMessage(object, message);
  }
}

// Sets a singular field, or appends one element to a repeated one. Leaves the message unchanged when the
// value does not fit.
bool ReadSingle(const boost::json::value& value, pb::Message& message, const Field* field) {
  const pb::Reflection& reflection = *message.GetReflection();
  const auto put = [&](auto set, auto add, auto scalar) {
    const auto method = field->is_repeated() ? add : set;
    (reflection.*method)(&message, field, std::move(scalar));
    return true;
  };
  switch (field->cpp_type()) {
    case Field::CPPTYPE_BOOL:
      return value.is_bool() && put(&pb::Reflection::SetBool, &pb::Reflection::AddBool, value.get_bool());
    case Field::CPPTYPE_DOUBLE: {
      const std::optional<double> number = AsDouble(value);
      return number && put(&pb::Reflection::SetDouble, &pb::Reflection::AddDouble, *number);
    }
    case Field::CPPTYPE_INT64: {
      const std::optional<std::int64_t> number = AsInteger(value);
      return number && put(&pb::Reflection::SetInt64, &pb::Reflection::AddInt64, *number);
    }
    case Field::CPPTYPE_INT32: {
      const std::optional<std::int64_t> number = AsInteger(value);
      if (!number || *number != static_cast<std::int32_t>(*number)) return false;
      return put(&pb::Reflection::SetInt32, &pb::Reflection::AddInt32, static_cast<std::int32_t>(*number));
    }
    case Field::CPPTYPE_STRING: {
      if (field->type() != Field::TYPE_STRING || !value.is_string()) return false;
      return put(&pb::Reflection::SetString, &pb::Reflection::AddString,
                 std::string(std::string_view(value.get_string())));
    }
    case Field::CPPTYPE_MESSAGE:
      if (!value.is_object()) return false;
      ReadObject(value.get_object(), field->is_repeated() ? *reflection.AddMessage(&message, field)
                                                          : *reflection.MutableMessage(&message, field));
      return true;
    default:
      return false;
  }
}

// The following read what fits of a value, and return what does not, in the same form; nothing when all fits.
using Misfit = std::optional<boost::json::value>;

Misfit ReadRepeated(const boost::json::array& array, pb::Message& message, const Field* field) {
  boost::json::array rest;
  for (const boost::json::value& element : array) {
    if (!ReadSingle(element, message, field)) rest.push_back(element);
  }
  return rest.empty() ? std::nullopt : Misfit(std::move(rest));
}

Misfit ReadMap(const boost::json::object& object, pb::Message& message, const Field* field) {
  const Field* key_field = field->message_type()->map_key();
  if (key_field->type() != Field::TYPE_STRING) return object;
  const pb::Reflection& reflection = *message.GetReflection();
  // Entries are read into a message of their own first, so that one that does not fit leaves the map
  // unchanged.
  const std::unique_ptr<pb::Message> entry(
      reflection.GetMessageFactory()->GetPrototype(field->message_type())->New());
  boost::json::object rest;
  for (const auto& [key, value] : object) {
    entry->Clear();
    entry->GetReflection()->SetString(entry.get(), key_field, std::string(key));
    if (ReadSingle(value, *entry, field->message_type()->map_value())) {
      reflection.AddMessage(&message, field)->CopyFrom(*entry);
    } else {
      rest.emplace(key, value);
    }
  }
  return rest.empty() ? std::nullopt : Misfit(std::move(rest));
}

Misfit ReadField(const boost::json::value& value, pb::Message& message, const Field* field) {
  if (value.is_null()) return std::nullopt;
  if (field->is_map()) return value.is_object() ? ReadMap(value.get_object(), message, field) : Misfit(value);
  if (field->is_repeated()) {
    return value.is_array() ? ReadRepeated(value.get_array(), message, field) : Misfit(value);
  }
  const pb::OneofDescriptor* oneof = field->real_containing_oneof();
  if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) return value;
  return ReadSingle(value, message, field) ? std::nullopt : Misfit(value);
}

// The element `index` of a repeated field, or the singular field's value.
std::optional<boost::json::value> WriteSingle(const pb::Message& message, const Field* field, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const auto get = [&](auto singular, auto repeated) {
    return index < 0 ? (reflection.*singular)(message, field) : (reflection.*repeated)(message, field, index);
  };
  switch (field->cpp_type()) {
    case Field::CPPTYPE_BOOL:
      return get(&pb::Reflection::GetBool, &pb::Reflection::GetRepeatedBool);
    case Field::CPPTYPE_DOUBLE:
      return FromNumber(get(&pb::Reflection::GetDouble, &pb::Reflection::GetRepeatedDouble));
    case Field::CPPTYPE_INT64:
      return get(&pb::Reflection::GetInt64, &pb::Reflection::GetRepeatedInt64);
    case Field::CPPTYPE_INT32:
      return get(&pb::Reflection::GetInt32, &pb::Reflection::GetRepeatedInt32);
    case Field::CPPTYPE_STRING:
      if (field->type() != Field::TYPE_STRING) return std::nullopt;
      return boost::json::string(get(&pb::Reflection::GetString, &pb::Reflection::GetRepeatedString));
    case Field::CPPTYPE_MESSAGE: {
      const pb::Message& inner = index < 0 ? reflection.GetMessage(message, field)
                                           : reflection.GetRepeatedMessage(message, field, index);
      if (inner.GetDescriptor() == pb::Struct::descriptor()) {
        return FromStruct(static_cast<const pb::Struct&>(inner));
      }
      return WriteMessage(inner);
    }
    default:
      return std::nullopt;
  }
}

std::optional<boost::json::value> WriteField(const pb::Message& message, const Field* field) {
  if (!field->is_repeated()) return WriteSingle(message, field, -1);
  const pb::Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, field);
  if (field->is_map()) {
    boost::json::object object;
    for (int i = 0; i < size; ++i) {
      const pb::Message& entry = reflection.GetRepeatedMessage(message, field, i);
      std::optional<boost::json::value> value = WriteSingle(entry, field->message_type()->map_value(), -1);
      if (!value) return std::nullopt;
      object.emplace(entry.GetReflection()->GetString(entry, field->message_type()->map_key()),
                     *std::move(value));
    }
    return object;
  }
  boost::json::array array;
  for (int i = 0; i < size; ++i) {
    std::optional<boost::json::value> value = WriteSingle(message, field, i);
    if (!value) return std::nullopt;
    array.push_back(*std::move(value));
  }
  return array;
}

}  // namespace

const Field* AdditionalFieldsOf(const pb::Descriptor& type) {
  const Field* field = type.FindFieldByName("additional_fields");
  const bool fits = field != nullptr && !field->is_repeated() &&
                    field->cpp_type() == Field::CPPTYPE_MESSAGE &&
                    field->message_type() == pb::Struct::descriptor();
  return fits ? field : nullptr;
}

pb::Struct& MutableAdditionalFields(pb::Message& message) {
  const Field* field = AdditionalFieldsOf(*message.GetDescriptor());
  return static_cast<pb::Struct&>(*message.GetReflection()->MutableMessage(&message, field));
}

void ReadMessage(const boost::json::object& object, pb::Message& message) {
  const Field* additional = AdditionalFieldsOf(*message.GetDescriptor());
  boost::json::object rest;
  for (const auto& [key, value] : object) {
    const Field* field = message.GetDescriptor()->FindFieldByName(std::string(key));
    const bool is_field = field != nullptr && field != additional;
    Misfit misfit = is_field ? ReadField(value, message, field) : Misfit(value);
    if (misfit && additional != nullptr) rest.emplace(key, *std::move(misfit));
  }
  if (!rest.empty()) MutableAdditionalFields(message).MergeFrom(ToStruct(rest));
}

boost::json::object WriteMessage(const pb::Message& message, std::initializer_list<std::string_view> except) {
  const Field* additional = AdditionalFieldsOf(*message.GetDescriptor());
  std::vector<const Field*> fields;
  message.GetReflection()->ListFields(message, &fields);
  boost::json::object object;
  for (const Field* field : fields) {
    if (field == additional || std::ranges::find(except, field->name()) != except.end()) continue;
    if (std::optional<boost::json::value> value = WriteField(message, field)) {
      object.emplace(std::string_view(field->name()), *std::move(value));
    }
  }
  if (additional != nullptr) {
    const auto& more =
        static_cast<const pb::Struct&>(message.GetReflection()->GetMessage(message, additional));
    for (auto& [key, value] : FromStruct(more)) object.emplace(key, std::move(value));
  }
  return object;
}

}  // namespace openrouter_images::json
