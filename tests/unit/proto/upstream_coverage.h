#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace openrouter_images::proto {

// A section of a table of the upstream's properties, and the message of our contract that corresponds to it.
struct Section {
  // "request post /images"
  std::string name;
  const google::protobuf::Descriptor* message;
};

// Holds a table of properties (see upstream_fields.txt) against our messages. Returns what no field can
// carry, as "section: path: what is wrong", in the order of the table: a property without a field, a field of
// another type, a required one that may be missing, a section without a message. The differences that are
// meant are listed in the source, each with its reason.
std::vector<std::string> FindUncovered(const std::string& table, const std::vector<Section>& sections);

}  // namespace openrouter_images::proto
