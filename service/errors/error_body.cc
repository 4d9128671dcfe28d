#include "service/errors/error_body.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "service/errors/error_words.h"
#include "service/errors/excerpt.h"
#include "service/errors/text.h"
#include "service/json/get.h"
#include "service/json/json_document.h"
#include "service/json/json_message.h"
#include "service/json/json_struct.h"
#include "service/json/partial_document.h"

namespace openrouter_images::errors {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kWhitespace = " \t\r\n";
constexpr std::size_t kMaxLine = 200;
// Longest body that is read with all its members.
constexpr std::size_t kMaxWholeBytes = 64 * 1024;

// A whole number, also when it is written as 429.0.
std::optional<std::int64_t> WholeNumber(const boost::json::value& value) {
  boost::json::error_code not_whole;
  const auto number = value.to_number<std::int64_t>(not_whole);
  return not_whole ? std::nullopt : std::optional(number);
}

// The code as a text: a number or a word.
std::optional<std::string> CodeText(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (const auto number = WholeNumber(value)) return std::to_string(*number);
  return std::nullopt;
}

// `text` as an error status, else 0.
int ErrorStatusFromText(std::string_view text) {
  if (text.size() != 3 || text.find_first_not_of("0123456789") != std::string_view::npos) return 0;
  const int status = std::stoi(std::string(text));
  return status >= 400 && status < 600 ? status : 0;
}

int ErrorStatusFrom(const boost::json::object& parent, const char* key) {
  const boost::json::value* value = parent.if_contains(key);
  const auto text = value == nullptr ? std::nullopt : CodeText(*value);
  return text ? ErrorStatusFromText(*text) : 0;
}

void Keep(std::string_view key, const boost::json::value& value, google::protobuf::Struct& fields) {
  (*fields.mutable_fields())[std::string(key)] = json::ToValue(value);
}

// Our field for a text of the error object; null when there is none.
std::string* TextField(std::string_view key, v1::UpstreamError& error) {
  if (key == "message") return error.mutable_message();
  if (key == "error_type") return error.mutable_error_type();
  if (key == "param") return error.mutable_param();
  return nullptr;
}

// One member of the error object. Returns false when there is no field for it, or one of another type.
bool ReadMember(std::string_view key, const boost::json::value& value, v1::UpstreamError& error) {
  if (key == "code") {
    const auto code = CodeText(value);
    error.set_code(code.value_or(""));
    return code.has_value();
  }
  if (value.is_string()) {
    std::string* field = TextField(key, error);
    if (field != nullptr) field->assign(value.get_string());
    return field != nullptr;
  }
  const boost::json::object* object = value.if_object();
  if (object != nullptr && key == "metadata") {
    *error.mutable_metadata() = json::ToStruct(*object);
    return true;
  }
  if (object != nullptr && key == "availability") {
    json::ReadMessage(*object, *error.mutable_availability());
    return true;
  }
  // Read as the status that the error names.
  return key == "http_status" && WholeNumber(value).has_value();
}

void ReadErrorObject(const boost::json::object& object, v1::UpstreamError& error) {
  for (const auto& [key, value] : object) {
    if (key == "type" || value.is_null()) continue;
    if (!ReadMember(key, value, error)) Keep(key, value, *error.mutable_additional_fields());
  }
  if (error.error_type().empty()) {
    const boost::json::object* metadata = json::GetObject(object, "metadata");
    if (metadata != nullptr)
      error.set_error_type(std::string(json::GetString(*metadata, "error_type").value_or("")));
  }
  const boost::json::value* type = object.if_contains("type");
  if (type == nullptr || type->is_null()) return;
  if (type->is_string() && error.error_type().empty()) {
    error.set_error_type(std::string(type->get_string()));
  } else {
    Keep("type", *type, *error.mutable_additional_fields());
  }
}

// The members beside `error`. `type` tells an event of a stream.
void ReadBeside(const boost::json::object& root, v1::UpstreamError& error) {
  for (const auto& [key, value] : root) {
    if (key == "error" || key == "type" || value.is_null()) continue;
    if (key == "openrouter_metadata" && value.is_object()) {
      *error.mutable_openrouter_metadata() = json::ToStruct(value.get_object());
    } else if (key == "user_id" && value.is_string()) {
      error.set_user_id(std::string(value.get_string()));
    } else {
      Keep(key, value, *error.mutable_additional_reply_fields());
    }
  }
}

std::optional<double> CostIn(const boost::json::object& root) {
  const boost::json::object* usage = json::GetObject(root, "usage");
  const auto cost = usage == nullptr ? std::nullopt : json::GetNumber(*usage, "cost");
  return cost && *cost > 0 ? cost : std::nullopt;
}

// Whether a reply with an error status is in OpenRouter's own words. A gateway answers in JSON too, often as
// {"error": {"code", "message"}}, so that alone is no proof. The body is theirs when `error` is an object
// with a text as its `message`, and one of these traits is there:
// - the header x-generation-id, which names a generation of their records;
// - `user_id` or `openrouter_metadata` beside the error, null included;
// - `error.metadata` with `error_type`, `provider_name` or `limit_source`;
// - `error.availability`, an object;
// - `error.error_type` together with an `error.http_status` that is the reply's status;
// - `error.code` is the reply's status as a number, which is all that their contract demands, and none of
//   `status`, `details`, `errors` is beside it: with these it is the form of Google's gateways.
// The header cf-ray is no trait: Cloudflare sets it on its own error pages too.
//
// Where not all of the body was read, the last trait needs the whole error, and no 5xx is their own: what is
// missing may say that money was spent, or that a hop stopped waiting.
bool IsOwn(const Reply& reply, const json::PartialDocument& document) {
  const boost::json::object& root = document.object;
  if (reply.status >= 500 && !document.is_whole) return false;
  const boost::json::object* error = json::GetObject(root, "error");
  if (error == nullptr || !json::GetString(*error, "message")) return false;
  if (!reply.generation_id.empty()) return true;
  if (root.contains("user_id") || root.contains("openrouter_metadata")) return true;
  if (const boost::json::object* metadata = json::GetObject(*error, "metadata")) {
    for (const char* key : {"error_type", "provider_name", "limit_source"}) {
      if (metadata->contains(key)) return true;
    }
  }
  const auto is_status = [&](const char* key) {
    const boost::json::value* value = error->if_contains(key);
    return value != nullptr && WholeNumber(*value) == reply.status;
  };
  if (json::GetObject(*error, "availability") != nullptr) return true;
  if (json::GetString(*error, "error_type") && is_status("http_status")) return true;
  if (!document.is_whole && !document.IsWhole("error")) return false;
  return is_status("code") && !error->contains("status") && !error->contains("details") &&
         !error->contains("errors");
}

// A body that begins as an object.
json::PartialDocument ReadObject(std::string_view body) {
  if (body.size() <= kMaxWholeBytes) {
    if (auto document = json::ParseDocument(body); document.ok() && document->is_object()) {
      return {.object = std::move(document->get_object()), .is_whole = true};
    }
  }
  return json::ReadPartial(body.substr(0, kMaxErrorBodyBytes), "message");
}

std::string_view Trim(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = text.find_first_not_of(kWhitespace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhitespace) - begin + 1);
}

bool IsMarkup(std::string_view text) {
  return text.find('<') != std::string_view::npos;
}

// A line for people. JSON that broke off and markup are not.
std::string LineOf(std::string_view text) {
  if (text.starts_with('{') || text.starts_with('[') || IsMarkup(text)) return {};
  return Clip(OneLine(text), kMaxLine);
}

}  // namespace

ErrorBody ReadErrorBody(const boost::json::value& document) {
  ErrorBody read;
  const boost::json::value* error = ErrorIn(document);
  read.has_error = error != nullptr;
  if (!read.has_error) return read;
  const boost::json::object& root = document.get_object();
  if (const boost::json::object* object = error->if_object()) {
    ReadErrorObject(*object, read.upstream);
    read.status = ErrorStatusFrom(*object, "http_status");
    if (read.status == 0) read.status = ErrorStatusFrom(*object, "code");
  } else {
    read.upstream.set_message(std::string(error->get_string()));
  }
  if (read.status == 0) read.status = StatusOfWords(read.upstream);
  ReadBeside(root, read.upstream);
  read.cost = CostIn(root);
  read.line = LineOf(read.upstream.message());
  return read;
}

const boost::json::value* ErrorIn(const boost::json::value& document) {
  if (!document.is_object()) return nullptr;
  const boost::json::value* error = document.get_object().if_contains("error");
  if (error == nullptr) return nullptr;
  const bool is_error = error->is_object() || (error->is_string() && !error->get_string().empty());
  return is_error ? error : nullptr;
}

ErrorBody ParseErrorBody(const Reply& reply) {
  const std::string_view text = Trim(reply.body);
  ErrorBody read;
  bool says_it_all = false;
  if (text.starts_with('{')) {
    const json::PartialDocument document = ReadObject(text);
    read = ReadErrorBody(document.object);
    read.is_own = IsOwn(reply, document);
    says_it_all = read.has_error && document.is_whole;
    // Someone else's form, for instance {"message": "no healthy upstream"}.
    if (!read.has_error) read.line = LineOf(json::GetString(document.object, "message").value_or(""));
  } else {
    read.line = LineOf(text);
  }
  if (!says_it_all) read.upstream.set_body_excerpt(Excerpt(text));
  read.upstream.set_http_status(reply.status);
  read.upstream.set_content_type(OneLine(reply.content_type));
  return read;
}

}  // namespace openrouter_images::errors
