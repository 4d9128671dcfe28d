#include "service/upstream/reply/catalog_reader.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "service/json/get.h"
#include "service/json/json_document.h"
#include "service/json/json_message.h"

namespace openrouter_images::upstream {
namespace {

// Moves the objects of the array `key` from `reply` to `list`, and what else is in it to `unreadable`.
template <typename Message>
absl::Status TakeList(const char* key, boost::json::object& reply,
                      google::protobuf::RepeatedPtrField<Message>& list,
                      google::protobuf::RepeatedPtrField<google::protobuf::Value>& unreadable) {
  const boost::json::value* value = reply.if_contains(key);
  if (value == nullptr) return absl::InvalidArgumentError(absl::StrCat("the reply has no \"", key, "\""));
  if (!value->is_array()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", key, "\" of the reply is not an array"));
  }
  for (const boost::json::value& element : value->get_array()) {
    if (element.is_object()) {
      json::ReadMessage(element.get_object(), *list.Add());
    } else {
      *unreadable.Add() = json::ToValue(element);
    }
  }
  reply.erase(key);
  return absl::OkStatus();
}

absl::StatusOr<boost::json::object> ParseObject(std::string_view body) {
  absl::StatusOr<boost::json::value> document = json::ParseDocument(body);
  if (!document.ok()) return document.status();
  if (!document->is_object()) return absl::InvalidArgumentError("the reply is not an object");
  return std::move(document->get_object());
}

}  // namespace

absl::StatusOr<v1::ListImageModelsResponse> ReadModels(std::string_view body) {
  absl::StatusOr<boost::json::object> reply = ParseObject(body);
  if (!reply.ok()) return reply.status();
  v1::ListImageModelsResponse response;
  if (absl::Status status =
          TakeList("data", *reply, *response.mutable_models(), *response.mutable_unreadable_models());
      !status.ok()) {
    return status;
  }
  if (!reply->empty()) *response.mutable_additional_fields() = json::ToStruct(*reply);
  return response;
}

absl::StatusOr<v1::ListImageModelEndpointsResponse> ReadEndpoints(std::string_view body) {
  absl::StatusOr<boost::json::object> reply = ParseObject(body);
  if (!reply.ok()) return reply.status();
  v1::ListImageModelEndpointsResponse response;
  if (absl::Status status = TakeList("endpoints", *reply, *response.mutable_endpoints(),
                                     *response.mutable_unreadable_endpoints());
      !status.ok()) {
    return status;
  }
  if (const std::optional<std::string_view> id = json::GetString(*reply, "id")) {
    response.set_id(id->data(), id->size());
    reply->erase("id");
  }
  if (!reply->empty()) *response.mutable_additional_fields() = json::ToStruct(*reply);
  return response;
}

}  // namespace openrouter_images::upstream
