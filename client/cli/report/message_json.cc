#include "client/cli/report/message_json.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/util/json_util.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"

namespace openrouter_images::client::cli {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kLargestExactInteger = int64_t{1} << 53;

json::value IntegerJson(int64_t number) {
  if (number > kLargestExactInteger || number < -kLargestExactInteger)
    return json::value(std::to_string(number));
  return number;
}

// JSON of any kind, in protobuf's own mapping.
json::value StructJson(const Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return nullptr;
  json::error_code error;
  json::parse_options limits;
  limits.max_depth = 128;
  json::value value = json::parse(text, error, {}, limits);
  return error ? json::value(nullptr) : value;
}

bool IsDuration(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Duration::descriptor();
}

json::value MessageValueJson(const Message& message) {
  const Descriptor* type = message.GetDescriptor();
  if (type == google::protobuf::Duration::descriptor()) {
    google::protobuf::Duration duration;
    duration.CopyFrom(message);
    return static_cast<double>(duration.seconds()) + static_cast<double>(duration.nanos()) / 1e9;
  }
  if (type->file()->name() == "google/protobuf/struct.proto") return StructJson(message);
  return MessageJson(message);
}

// The value of the field, or with an index that of one of its entries.
json::value FieldJson(const Message& message, const FieldDescriptor& field, int index = -1) {
  const Reflection& reflection = *message.GetReflection();
  const auto get = [&](auto single, auto repeated) {
    return index < 0 ? (reflection.*single)(message, &field) : (reflection.*repeated)(message, &field, index);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return IntegerJson(get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble);
    case FieldDescriptor::CPPTYPE_BOOL:
      return get(&Reflection::GetBool, &Reflection::GetRepeatedBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return json::value(
          EnumWord(*field.enum_type(), get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue)));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = get(&Reflection::GetString, &Reflection::GetRepeatedString);
      return json::value(field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text) : text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageValueJson(index < 0 ? reflection.GetMessage(message, &field)
                                        : reflection.GetRepeatedMessage(message, &field, index));
    default:  // types that the contract does not use
      return nullptr;
  }
}

json::value ListJson(const Message& message, const FieldDescriptor& field) {
  json::array list;
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) list.push_back(FieldJson(message, field, i));
  return list;
}

// Keys are texts in all of the contract.
json::value MapJson(const Message& message, const FieldDescriptor& field) {
  json::object map;
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    const std::string key = entry.GetReflection()->GetString(entry, field.message_type()->map_key());
    map[key] = FieldJson(entry, *field.message_type()->map_value());
  }
  return map;
}

bool IsLeftOut(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_map()) return reflection.FieldSize(message, &field) == 0;
  if (field.is_repeated()) return false;
  const bool says_nothing_when_unset = field.has_presence() ||
                                       field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
                                       field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  return says_nothing_when_unset && !reflection.HasField(message, &field);
}

}  // namespace

json::object MessageJson(const Message& message) {
  json::object object;
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsLeftOut(message, field)) continue;
    std::string name = field.name();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && IsDuration(field)) name += "_seconds";
    object[name] = field.is_map()        ? MapJson(message, field)
                   : field.is_repeated() ? ListJson(message, field)
                                         : FieldJson(message, field);
  }
  return object;
}

std::string EnumWord(const google::protobuf::EnumDescriptor& type, int number) {
  if (number == 0) return {};
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return std::to_string(number);
  // All values share the prefix of the one that is zero.
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  return value->name().substr(type.FindValueByNumber(0)->name().size() - kUnspecified.size());
}

}  // namespace openrouter_images::client::cli
