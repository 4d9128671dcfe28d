#pragma once

#include <yaml-cpp/yaml.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace openrouter::images::proto {

// Walks an OpenAPI document and our messages side by side, and notes every property that no field can carry.
class OpenApiCoverage {
 public:
  explicit OpenApiCoverage(const YAML::Node& document) : document_(document) {}

  // Every operation, with its parameters, request and replies. `response` is what a success's JSON becomes;
  // `request` what the body and the parameters become. An operation that is not named here is noted as
  // missing.
  struct Operation {
    std::string name;  // "post /images"
    const google::protobuf::Descriptor* request;
    const google::protobuf::Descriptor* response;
  };
  void CheckOperations(const std::vector<Operation>& operations);

  // Each property of the schema, down to the leaves, against the message.
  void CheckSchema(const YAML::Node& schema, const google::protobuf::Descriptor* message,
                   const std::string& path);

  // "path: what is wrong", in the order found.
  const std::vector<std::string>& missing() const { return missing_; }
  int properties_seen() const { return properties_seen_; }

 private:
  using Descriptor = google::protobuf::Descriptor;
  using Field = google::protobuf::FieldDescriptor;

  YAML::Node Resolve(const YAML::Node& node) const;
  void CheckReply(const std::string& status, const YAML::Node& content, const Descriptor* response,
                  const std::string& path);
  void CheckEvent(const YAML::Node& schema, const std::string& path);
  void CheckProperty(const YAML::Node& schema, const std::string& name, const Descriptor* message,
                     const std::string& path);
  void CheckValue(const YAML::Node& schema, const Field* field, const std::string& path);
  void CheckObject(const YAML::Node& schema, const Field* field, const std::string& path);
  void CheckTyped(const YAML::Node& schema, const std::string& type, const Field* field,
                  const std::string& path);
  void Note(const std::string& path, const std::string& what) { missing_.push_back(path + ": " + what); }

  const YAML::Node document_;
  std::vector<std::string> missing_;
  int properties_seen_ = 0;
};

}  // namespace openrouter::images::proto
