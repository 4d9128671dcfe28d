#include "service/json/json_struct.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace openrouter_images::json {
namespace {

namespace pb = google::protobuf;

// 2^53: up to here every whole number has its own double.
constexpr double kLargestExactInteger = 9007199254740992.0;

void ReadObject(const boost::json::object& object, std::size_t depth, pb::Struct& out);

template <typename Integer>
void ReadInteger(Integer integer, pb::Value& out) {
  constexpr auto kLargest = static_cast<std::int64_t>(kLargestExactInteger);
  if (std::cmp_less_equal(integer, kLargest) && std::cmp_greater_equal(integer, -kLargest)) {
    out.set_number_value(static_cast<double>(integer));
  } else {
    out.set_string_value(std::to_string(integer));
  }
}

void Read(const boost::json::value& value, std::size_t depth, pb::Value& out) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out.set_null_value(pb::NULL_VALUE);
      return;
    case boost::json::kind::bool_:
      out.set_bool_value(value.get_bool());
      return;
    case boost::json::kind::int64:
      ReadInteger(value.get_int64(), out);
      return;
    case boost::json::kind::uint64:
      ReadInteger(value.get_uint64(), out);
      return;
    case boost::json::kind::double_:
      if (std::isfinite(value.get_double())) {
        out.set_number_value(value.get_double());
      } else {
        out.set_null_value(pb::NULL_VALUE);
      }
      return;
    case boost::json::kind::string:
      out.set_string_value(value.get_string().data(), value.get_string().size());
      return;
    case boost::json::kind::array:
    case boost::json::kind::object:
      break;
  }
  if (depth == kMaxJsonDepth) {
    // Boost.JSON's serializer does not recurse, so any depth is safe.
    out.set_string_value(boost::json::serialize(value));
    return;
  }
  if (value.is_object()) {
    ReadObject(value.get_object(), depth + 1, *out.mutable_struct_value());
    return;
  }
  auto& list = *out.mutable_list_value();
  for (const boost::json::value& element : value.get_array()) Read(element, depth + 1, *list.add_values());
}

void ReadObject(const boost::json::object& object, std::size_t depth, pb::Struct& out) {
  auto& fields = *out.mutable_fields();
  for (const auto& [key, value] : object) Read(value, depth, fields[std::string(key)]);
}

boost::json::object WriteObject(const pb::Struct& fields, std::size_t depth);

boost::json::value Write(const pb::Value& value, std::size_t depth) {
  switch (value.kind_case()) {
    case pb::Value::kBoolValue:
      return value.bool_value();
    case pb::Value::kStringValue:
      return boost::json::string(value.string_value());
    case pb::Value::kNumberValue:
      return FromNumber(value.number_value());
    case pb::Value::kStructValue:
      if (depth == kMaxJsonDepth) return nullptr;
      return WriteObject(value.struct_value(), depth + 1);
    case pb::Value::kListValue: {
      if (depth == kMaxJsonDepth) return nullptr;
      boost::json::array array;
      array.reserve(value.list_value().values_size());
      for (const pb::Value& element : value.list_value().values()) array.push_back(Write(element, depth + 1));
      return array;
    }
    case pb::Value::kNullValue:
    case pb::Value::KIND_NOT_SET:
      break;
  }
  return nullptr;
}

boost::json::object WriteObject(const pb::Struct& fields, std::size_t depth) {
  boost::json::object object;
  object.reserve(fields.fields().size());
  for (const auto& [key, value] : fields.fields()) object.emplace(key, Write(value, depth));
  return object;
}

}  // namespace

pb::Struct ToStruct(const boost::json::object& object) {
  pb::Struct out;
  ReadObject(object, 1, out);
  return out;
}

pb::Value ToValue(const boost::json::value& value) {
  pb::Value out;
  Read(value, 0, out);
  return out;
}

boost::json::value FromNumber(double number) {
  if (!std::isfinite(number)) return nullptr;
  // Minus zero has no integer form.
  const bool minus_zero = number == 0 && std::signbit(number);
  if (std::abs(number) <= kLargestExactInteger && std::trunc(number) == number && !minus_zero) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

boost::json::object FromStruct(const pb::Struct& fields) {
  return WriteObject(fields, 1);
}

}  // namespace openrouter_images::json
