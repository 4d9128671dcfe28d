#include "service/upstream/catalog_reader.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>
#include <utility>

#include "service/upstream/json_document.h"
#include "service/upstream/json_message.h"

namespace openrouter::images::upstream {
namespace {

namespace json = boost::json;

// Takes the array `key` out of `reply`, as messages.
template <typename Message>
absl::Status TakeList(const char* key, json::object& reply,
                      google::protobuf::RepeatedPtrField<Message>& list) {
  const json::value* value = reply.if_contains(key);
  if (value == nullptr) return absl::InvalidArgumentError(absl::StrCat("the reply has no \"", key, "\""));
  if (!value->is_array()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", key, "\" of the reply is not an array"));
  }
  for (const json::value& element : value->get_array()) {
    if (!element.is_object()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", key, "\"[", list.size(), "] of the reply is not an object"));
    }
    ReadMessage(element.get_object(), *list.Add());
  }
  reply.erase(key);
  return absl::OkStatus();
}

absl::StatusOr<json::object> ParseObject(std::string_view body) {
  absl::StatusOr<json::value> document = ParseDocument(body);
  if (!document.ok()) return document.status();
  if (!document->is_object()) return absl::InvalidArgumentError("the reply is not an object");
  return std::move(document->get_object());
}

}  // namespace

absl::StatusOr<v1::ListImageModelsResponse> ReadModels(std::string_view body) {
  absl::StatusOr<json::object> reply = ParseObject(body);
  if (!reply.ok()) return reply.status();
  v1::ListImageModelsResponse response;
  if (absl::Status status = TakeList("data", *reply, *response.mutable_models()); !status.ok()) return status;
  if (!reply->empty()) *response.mutable_additional_fields() = ToStruct(*reply);
  return response;
}

absl::StatusOr<v1::ListImageModelEndpointsResponse> ReadEndpoints(std::string_view body) {
  absl::StatusOr<json::object> reply = ParseObject(body);
  if (!reply.ok()) return reply.status();
  v1::ListImageModelEndpointsResponse response;
  if (absl::Status status = TakeList("endpoints", *reply, *response.mutable_endpoints()); !status.ok())
    return status;
  if (const json::value* id = reply->if_contains("id"); id != nullptr && id->is_string()) {
    response.set_id(id->get_string().data(), id->get_string().size());
    reply->erase("id");
  }
  if (!reply->empty()) *response.mutable_additional_fields() = ToStruct(*reply);
  return response;
}

}  // namespace openrouter::images::upstream
