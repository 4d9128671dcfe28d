#include "service/sandbox/http/json_text.h"

#include <absl/strings/str_format.h>

#include <boost/json.hpp>

namespace openrouter_images::sandbox {
namespace {

void Append(const boost::json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      if (out.back() != '{') out += ',';
      out += boost::json::serialize(boost::json::string(member.key()));
      out += ':';
      Append(member.value(), out);
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& element : *array) {
      if (out.back() != '[') out += ',';
      Append(element, out);
    }
    out += ']';
  } else if (const auto* number = value.if_double()) {
    absl::StrAppendFormat(&out, "%.15g", *number);
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string JsonText(const boost::json::value& value) {
  std::string out;
  Append(value, out);
  return out;
}

}  // namespace openrouter_images::sandbox
