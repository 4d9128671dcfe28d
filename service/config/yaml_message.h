#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace openrouter_images::config {

// A location in a text: line and column, from 1. Line 0: not known.
struct Location {
  int line = 0;
  int column = 0;
};

struct YamlProblem {
  Location location;
  // Path of the field, for instance "retry.generate.retry_codes[2]"; empty for a problem of the text as a
  // whole.
  std::string field;
  // Names what is wrong; never holds a value from the text.
  std::string reason;
};

// Result of reading a text, besides the message itself.
struct YamlReading {
  // Every problem, in no particular order. If there is one, the message is incomplete.
  std::vector<YamlProblem> problems;
  // The location of the value of each field in the text, by path; also of fields with an empty list.
  std::map<std::string, Location, std::less<>> locations;
};

// Reads YAML (and so JSON) into `message`, which is empty. The mapping is that of proto3's JSON: field names
// in snake_case or lowerCamelCase, durations as "1.5s", enum values by name. Stricter than that: numbers and
// booleans are without quotes, every scalar has a value, no key is duplicate. A mapping or list without a
// value is empty. Only what a configuration needs: string, bool, int32, double, enum, Duration, messages of
// these, lists of strings.
YamlReading ReadYaml(const std::string& text, google::protobuf::Message& message);

// The fields that are set, as YAML that ReadYaml reads back to an equal message. Ends with a newline.
std::string WriteYaml(const google::protobuf::Message& message);

}  // namespace openrouter_images::config
