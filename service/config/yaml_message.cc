#include "service/config/yaml_message.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/util/time_util.h"

namespace openrouter_images::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::TimeUtil;

// yaml-cpp counts from zero and marks what it does not know with -1.
Location LocationOf(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

std::string Join(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() == Duration::descriptor();
}

const FieldDescriptor* FindField(const Descriptor& descriptor, const std::string& name) {
  const FieldDescriptor* field = descriptor.FindFieldByName(name);
  return field != nullptr ? field : descriptor.FindFieldByCamelcaseName(name);
}

std::string FieldNames(const Descriptor& descriptor) {
  std::string names;
  for (int i = 0; i < descriptor.field_count(); ++i)
    names += (i == 0 ? "" : ", ") + descriptor.field(i)->name();
  return names;
}

std::string ValueNames(const EnumDescriptor& descriptor) {
  std::string names;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    // Zero, which means "not set" in proto3, is left out.
    if (descriptor.value(i)->number() == 0) continue;
    names += (names.empty() ? "" : " or ") + descriptor.value(i)->name();
  }
  return names;
}

template <typename Number>
std::optional<Number> ParseNumber(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || parsed != end) return std::nullopt;
  return number;
}

bool AllDigits(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// The shape is checked here because TimeUtil::FromString also takes signs and spaces inside and miscounts
// long fractions.
std::optional<Duration> ParseDuration(const std::string& text) {
  std::string_view number = text;
  if (number.empty() || number.back() != 's') return std::nullopt;
  number.remove_suffix(1);
  if (!number.empty() && number.front() == '-') number.remove_prefix(1);
  const std::size_t point = number.find('.');
  if (!AllDigits(number.substr(0, point), 12)) return std::nullopt;
  if (point != number.npos && !AllDigits(number.substr(point + 1), 9)) return std::nullopt;
  Duration duration;
  if (!TimeUtil::FromString(text, &duration)) return std::nullopt;
  return duration;
}

class Reader {
 public:
  explicit Reader(YamlReading& reading) : reading_(reading) {}

  // Recurses no deeper than the message's definition, whatever the depth of the text.
  void ReadMessage(const YAML::Node& node, const std::string& path, Message& message) {
    if (node.IsNull()) return;
    if (!node.IsMap()) return Problem(LocationOf(node.Mark()), path, "must be a mapping");
    std::set<const FieldDescriptor*> seen;
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      const Location at_key = LocationOf(key.Mark());
      if (!key.IsScalar()) {
        Problem(at_key, path, "must have names for keys");
        continue;
      }
      const Descriptor& descriptor = *message.GetDescriptor();
      const FieldDescriptor* field = FindField(descriptor, key.Scalar());
      if (field == nullptr) {
        Problem(at_key, Join(path, key.Scalar()), "no such field; there are: " + FieldNames(descriptor));
      } else if (!seen.insert(field).second) {
        Problem(at_key, Join(path, field->name()), "duplicate field");
      } else {
        ReadField(entry.second, at_key, Join(path, field->name()), *field, message);
      }
    }
  }

 private:
  void ReadField(const YAML::Node& node, Location at_key, const std::string& path,
                 const FieldDescriptor& field, Message& message) {
    // A missing value has no location of its own.
    reading_.locations[path] = node.IsNull() ? at_key : LocationOf(node.Mark());
    if (field.is_repeated()) return ReadStrings(node, path, field, message);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsDuration(field)) {
      return ReadMessage(node, path, *message.GetReflection()->MutableMessage(&message, &field));
    }
    if (node.IsNull()) return Problem(at_key, path, "has no value");
    if (!node.IsScalar()) return Problem(LocationOf(node.Mark()), path, "must be a single value");
    ReadScalar(node, path, field, message);
  }

  void ReadStrings(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                   Message& message) {
    if (node.IsNull()) return;
    if (!node.IsSequence()) return Problem(LocationOf(node.Mark()), path, "must be a list");
    int index = 0;
    for (const YAML::Node& element : node) {
      const std::string element_path = path + "[" + std::to_string(index++) + "]";
      reading_.locations[element_path] = LocationOf(element.Mark());
      if (!element.IsScalar()) {
        Problem(LocationOf(element.Mark()), element_path, "must be a single value");
      } else {
        message.GetReflection()->AddString(&message, &field, element.Scalar());
      }
    }
  }

  void ReadScalar(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                  Message& message) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const std::string& text = node.Scalar();
    // yaml-cpp gives scalars in quotes the tag "!".
    const bool quoted = node.Tag() == "!";
    const auto refuse = [&](const std::string& reason) { Problem(LocationOf(node.Mark()), path, reason); };
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection.SetString(&message, &field, text);
      case FieldDescriptor::CPPTYPE_BOOL:
        if (quoted || (text != "true" && text != "false"))
          return refuse("must be true or false, without quotes");
        return reflection.SetBool(&message, &field, text == "true");
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto number = ParseNumber<std::int32_t>(text);
        if (quoted || !number) return refuse("must be a whole number, without quotes");
        return reflection.SetInt32(&message, &field, *number);
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const auto number = ParseNumber<double>(text);
        if (quoted || !number) return refuse("must be a number, without quotes");
        return reflection.SetDouble(&message, &field, *number);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value = field.enum_type()->FindValueByName(text);
        if (value == nullptr) return refuse("must be " + ValueNames(*field.enum_type()));
        return reflection.SetEnum(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const auto duration = ParseDuration(text);
        if (!duration) return refuse("must be a duration in seconds, such as 1.5s");
        return reflection.MutableMessage(&message, &field)->CopyFrom(*duration);
      }
      default:
        return refuse("cannot be set in a file");
    }
  }

  void Problem(Location location, const std::string& path, std::string reason) {
    reading_.problems.push_back({location, path, std::move(reason)});
  }

  YamlReading& reading_;
};

// Allows line breaks and tabs. Bytes above 127 belong to UTF-8.
std::optional<Location> FindControlCharacter(std::string_view text) {
  Location location{1, 1};
  for (const unsigned char c : text) {
    if (c == '\n') {
      location = {location.line + 1, 1};
      continue;
    }
    if (absl::ascii_iscntrl(c) && c != '\t' && c != '\r') return location;
    ++location.column;
  }
  return std::nullopt;
}

// Notes where a document begins and skips what it holds.
class DocumentStart : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

  const YAML::Mark& mark() const { return mark_; }

 private:
  YAML::Mark mark_;
};

// YAML::Load ignores what follows the first document, and YAML::LoadAll of version 0.7 never returns when
// that begins with a stray token such as a comma: it reads an endless sequence of empty documents. So the
// text is parsed one document at a time.
std::optional<Location> FindSecondDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStart start;
  if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return std::nullopt;
  return LocationOf(start.mark());
}

void WriteMessage(const Message& message, YAML::Emitter& out);

void WriteValue(const Message& message, const FieldDescriptor& field, YAML::Emitter& out) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      out << YAML::DoubleQuoted << reflection.GetString(message, &field);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out << reflection.GetBool(message, &field);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      out << reflection.GetInt32(message, &field);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      // The shortest form that reads back as the same number.
      char digits[32];
      const char* end =
          std::to_chars(digits, digits + sizeof digits, reflection.GetDouble(message, &field)).ptr;
      out << std::string(digits, static_cast<std::size_t>(end - digits));
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      out << reflection.GetEnum(message, &field)->name();
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& child = reflection.GetMessage(message, &field);
      if (IsDuration(field)) {
        out << TimeUtil::ToString(static_cast<const Duration&>(child));
      } else {
        WriteMessage(child, out);
      }
      break;
    }
    default:
      break;
  }
}

void WriteMessage(const Message& message, YAML::Emitter& out) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  out << YAML::BeginMap;
  for (const FieldDescriptor* field : fields) {
    out << YAML::Key << field->name() << YAML::Value;
    if (!field->is_repeated()) {
      WriteValue(message, *field, out);
      continue;
    }
    out << YAML::Flow << YAML::BeginSeq;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      out << YAML::DoubleQuoted << reflection.GetRepeatedString(message, field, i);
    }
    out << YAML::EndSeq;
  }
  out << YAML::EndMap;
}

}  // namespace

YamlReading ReadYaml(const std::string& text, Message& message) {
  YamlReading reading;
  if (const auto location = FindControlCharacter(text)) {
    reading.problems.push_back({*location, "", "not a text in UTF-8: control character"});
    return reading;
  }
  try {
    if (const auto location = FindSecondDocument(text)) {
      reading.problems.push_back({*location, "", "content after the end of the document"});
    } else {
      Reader(reading).ReadMessage(YAML::Load(text), "", message);
    }
  } catch (const YAML::Exception& error) {
    reading.problems.push_back({LocationOf(error.mark), "", error.msg});
  }
  return reading;
}

std::string WriteYaml(const Message& message) {
  YAML::Emitter out;
  WriteMessage(message, out);
  return std::string(out.c_str()) + "\n";
}

}  // namespace openrouter_images::config
