#include "tests/unit/proto/openapi_coverage.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "google/protobuf/struct.pb.h"
#include "openrouter/images/v1/errors.pb.h"
#include "openrouter/images/v1/images_service.pb.h"

namespace openrouter::images::proto {
namespace {

namespace pb = google::protobuf;

// Where our contract differs from the upstream's on purpose.
struct Rename {
  std::string_view message;
  std::string_view property;
  // The field; "." when the properties inside belong to the message itself; empty when no field is needed.
  std::string_view field;
  std::string_view reason;
};
constexpr std::array kRenames = {
    Rename{"ImageSpec", "stream", "", "the method says it"},
    Rename{"InputReference", "type", "", "there is one type; the oneof tells the source"},
    Rename{"InputReference", "image_url", ".", "one level of nesting less"},
    Rename{"GenerateImagesResponse", "data", "images", "says what it holds"},
    Rename{"GeneratedImage", "b64_json", "data", "bytes, never base64"},
    Rename{"GeneratedImage", "media_type", "", "ImageInfo.media_type"},
    Rename{"ListImageModelsResponse", "data", "models", "says what it holds"},
    Rename{"ListImageModelEndpointsRequest", "author", "model", "author/slug is one name"},
    Rename{"ListImageModelEndpointsRequest", "slug", "model", "author/slug is one name"},
    Rename{"EnumCapability", "type", "", "the oneof tells"},
    Rename{"RangeCapability", "type", "", "the oneof tells"},
    Rename{"BooleanCapability", "type", "", "the oneof tells"},
    Rename{"ImageChunk", "type", "", "the oneof tells"},
    Rename{"ImageChunk", "partial_image_index", "index", "short, in its own message"},
    Rename{"ImageChunk", "b64_json", "data", "bytes, never base64"},
    Rename{"TextChunk", "type", "", "the oneof tells"},
    Rename{"GenerationCompleted", "type", "", "the oneof tells"},
    Rename{"GenerationCompleted", "b64_json", "", "goes ahead, in image_chunk events"},
    Rename{"GenerationCompleted", "media_type", "", "ImageInfo.media_type, one per image"},
    Rename{"ImagesError", "error", ".", "one level of nesting less"},
    Rename{"ImagesError", "type", "error_type", "the same thing under two names"},
};

// Fields that take a form of a property that the field of its name does not.
struct OtherForm {
  std::string_view field;
  std::string_view object_form;
};
constexpr OtherForm kSortObject = {"openrouter.images.v1.ProviderPreferences.sort", "sort_config"};

// The text field that keeps numbers too.
constexpr std::string_view kNumberOrWord = "openrouter.images.v1.ImagesError.code";

const Rename* FindRename(std::string_view message, std::string_view property) {
  const auto found = std::ranges::find_if(kRenames, [&](const Rename& rename) {
    return rename.message == message && rename.property == property;
  });
  return found == kRenames.end() ? nullptr : &*found;
}

bool IsStruct(const pb::FieldDescriptor* field) {
  return field->message_type() == pb::Struct::descriptor();
}

bool IsSuccess(const std::string& status) {
  return status.size() == 3 && status[0] == '2';
}

}  // namespace

YAML::Node OpenApiCoverage::Resolve(const YAML::Node& node) const {
  if (!node.IsMap() || !node["$ref"]) return node;
  const auto ref = node["$ref"].as<std::string>();
  return document_["components"]["schemas"][ref.substr(ref.rfind('/') + 1)];
}

void OpenApiCoverage::CheckOperations(const std::vector<Operation>& operations) {
  for (const auto& path : document_["paths"]) {
    for (const auto& method : path.second) {
      const std::string name = method.first.as<std::string>() + " " + path.first.as<std::string>();
      const auto operation = std::ranges::find(operations, name, &Operation::name);
      if (operation == operations.end()) {
        Note(name, "an operation that has no method");
        continue;
      }
      const YAML::Node& body = method.second;
      for (const auto& parameter : body["parameters"]) {
        CheckProperty(parameter["schema"], parameter["name"].as<std::string>(), operation->request, name);
      }
      if (body["requestBody"]) {
        CheckSchema(body["requestBody"]["content"]["application/json"]["schema"], operation->request, name);
      }
      for (const auto& response : body["responses"]) {
        const auto status = response.first.as<std::string>();
        CheckReply(status, response.second["content"], operation->response, name + " " + status);
      }
    }
  }
}

void OpenApiCoverage::CheckReply(const std::string& status, const YAML::Node& content,
                                 const Descriptor* response, const std::string& path) {
  for (const auto& kind : content) {
    const auto media_type = kind.first.as<std::string>();
    const YAML::Node schema = kind.second["schema"];
    if (media_type == "text/event-stream") {
      for (const auto& event : Resolve(schema)["properties"]["data"]["anyOf"])
        CheckEvent(event, path + " stream");
    } else if (media_type == "application/json") {
      CheckSchema(schema, IsSuccess(status) ? response : v1::ImagesError::descriptor(), path);
    } else {
      Note(path, "a reply of type " + media_type);
    }
  }
}

void OpenApiCoverage::CheckEvent(const YAML::Node& schema, const std::string& path) {
  const auto type = Resolve(schema)["properties"]["type"]["enum"][0].as<std::string>();
  const std::string here = path + " " + type;
  if (type == "image_generation.partial_image")
    return CheckSchema(schema, v1::ImageChunk::descriptor(), here);
  if (type == "image_generation.text_chunk") return CheckSchema(schema, v1::TextChunk::descriptor(), here);
  if (type == "image_generation.completed")
    return CheckSchema(schema, v1::GenerationCompleted::descriptor(), here);
  if (type == "error") return CheckSchema(schema, v1::ImagesError::descriptor(), here);
  Note(here, "an event that has no message");
}

void OpenApiCoverage::CheckSchema(const YAML::Node& schema, const Descriptor* message,
                                  const std::string& path) {
  const YAML::Node node = Resolve(schema);
  if (node["discriminator"]) {
    // Each form is a member of a oneof, under the name that the discriminator gives it.
    for (const auto& form : node["discriminator"]["mapping"]) {
      const auto name = form.first.as<std::string>();
      const Field* field = message->FindFieldByName(name);
      if (field == nullptr) {
        Note(path, "form " + name);
        continue;
      }
      YAML::Node reference;
      reference["$ref"] = form.second;
      CheckSchema(reference, field->message_type(), path + " " + name);
    }
    return;
  }
  for (const char* group : {"allOf", "anyOf", "oneOf"}) {
    for (const auto& part : node[group]) CheckSchema(part, message, path);
  }
  for (const auto& property : node["properties"]) {
    CheckProperty(property.second, property.first.as<std::string>(), message, path);
  }
  if (node["additionalProperties"] && message->FindFieldByName("additional_fields") == nullptr) {
    Note(path, "properties of any name");
  }
}

void OpenApiCoverage::CheckProperty(const YAML::Node& schema, const std::string& name,
                                    const Descriptor* message, const std::string& path) {
  ++properties_seen_;
  const std::string here = path + "." + name;
  std::string field_name = name;
  if (const Rename* rename = FindRename(message->name(), name)) {
    if (rename->field.empty()) return;
    if (rename->field == ".") return CheckSchema(schema, message, here);
    field_name = rename->field;
  }
  const Field* field = message->FindFieldByName(field_name);
  if (field == nullptr) return Note(here, message->name() + " has no such field");
  CheckValue(schema, field, here);
}

void OpenApiCoverage::CheckValue(const YAML::Node& schema, const Field* field, const std::string& path) {
  const YAML::Node node = Resolve(schema);
  if (node["discriminator"]) return CheckObject(schema, field, path);
  for (const char* group : {"allOf", "anyOf", "oneOf"}) {
    for (const auto& part : node[group]) CheckValue(part, field, path);
  }
  const YAML::Node type = node["type"];
  if (!type) {
    if (node["properties"]) CheckObject(node, field, path);
    return;
  }
  if (type.IsScalar()) return CheckTyped(node, type.as<std::string>(), field, path);
  for (const auto& one : type) CheckTyped(node, one.as<std::string>(), field, path);
}

void OpenApiCoverage::CheckTyped(const YAML::Node& schema, const std::string& type, const Field* field,
                                 const std::string& path) {
  if (type == "null") return;  // Unset.
  if (type == "object") return CheckObject(schema, field, path);
  if (type == "array") {
    if (!field->is_repeated() || field->is_map()) return Note(path, field->full_name() + " takes no array");
    return CheckValue(schema["items"], field, path + "[]");
  }
  const bool text = field->type() == Field::TYPE_STRING;
  // Base64 becomes bytes.
  const bool picture = field->type() == Field::TYPE_BYTES && absl::EndsWith(path, ".b64_json");
  const bool integer = field->type() == Field::TYPE_INT64 || field->type() == Field::TYPE_INT32;
  const bool fits = (type == "string" && (text || picture)) ||
                    (type == "integer" && (integer || field->full_name() == kNumberOrWord)) ||
                    (type == "number" && field->type() == Field::TYPE_DOUBLE) ||
                    (type == "boolean" && field->type() == Field::TYPE_BOOL);
  if (!fits) Note(path, field->full_name() + " takes no " + type);
}

void OpenApiCoverage::CheckObject(const YAML::Node& schema, const Field* field, const std::string& path) {
  if (field->full_name() == kSortObject.field) {
    field = field->containing_type()->FindFieldByName(std::string(kSortObject.object_form));
  }
  if (field == nullptr || field->message_type() == nullptr) return Note(path, "its field takes no object");
  if (IsStruct(field)) return;
  if (!field->is_map()) return CheckSchema(schema, field->message_type(), path);
  // Names of properties are keys here.
  const Field* value = field->message_type()->map_value();
  for (const auto& property : schema["properties"]) {
    ++properties_seen_;
    CheckValue(property.second, value, path + "." + property.first.as<std::string>());
  }
  const YAML::Node any = schema["additionalProperties"];
  if (any && any.IsMap()) CheckValue(any, value, path + ".*");
}

}  // namespace openrouter::images::proto
