#include "service/errors/error_body.h"

#include <boost/json/parse.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "service/errors/text.h"
#include "service/json/get.h"
#include "service/json/json_message.h"
#include "service/json/json_struct.h"

namespace openrouter_images::errors {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kWhitespace = " \t\r\n";
constexpr std::size_t kMaxPlainText = 200;

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

// `text` as an HTTP status, else 0.
int StatusFromText(std::string_view text) {
  if (text.size() != 3 || text.find_first_not_of("0123456789") != std::string_view::npos) return 0;
  const int status = std::stoi(std::string(text));
  return status >= 100 && status < 600 ? status : 0;
}

int StatusFrom(const boost::json::object& parent, const char* key) {
  const boost::json::value* value = parent.if_contains(key);
  const auto text = value == nullptr ? std::nullopt : CodeText(*value);
  return text ? StatusFromText(*text) : 0;
}

void KeepAdditional(std::string_view key, const boost::json::value& value, v1::ImagesError& error) {
  if (!value.is_null())
    (*error.mutable_additional_fields()->mutable_fields())[std::string(key)] = json::ToValue(value);
}

// Our field for a text of the error object; null when there is none.
std::string* TextField(std::string_view key, v1::ImagesError& error) {
  if (key == "message") return error.mutable_message();
  if (key == "error_type") return error.mutable_error_type();
  if (key == "param") return error.mutable_param();
  return nullptr;
}

// One member of the error object. Returns false when there is no field for it, or one of another type.
bool ReadMember(std::string_view key, const boost::json::value& value, v1::ImagesError& error) {
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
  return false;
}

void ReadErrorObject(const boost::json::object& object, v1::ImagesError& error) {
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "type") continue;
    if (!ReadMember(key, member.value(), error)) KeepAdditional(key, member.value(), error);
  }
  if (error.error_type().empty()) {
    const boost::json::object* metadata = json::GetObject(object, "metadata");
    if (metadata != nullptr)
      error.set_error_type(std::string(json::GetString(*metadata, "error_type").value_or("")));
  }
  if (const boost::json::value* type = object.if_contains("type")) {
    if (type->is_string() && error.error_type().empty()) {
      error.set_error_type(std::string(type->get_string()));
    } else {
      KeepAdditional("type", *type, error);
    }
  }
}

// Whether `text` is a line for people. Markup, JSON that broke off and anything long is not.
bool IsPlainText(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPlainText && text.find('<') == std::string_view::npos &&
         !text.starts_with('{') && !text.starts_with('[') && IsPrintable(text);
}

std::string_view Trim(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = text.find_first_not_of(kWhitespace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhitespace) - begin + 1);
}

// JSON in someone else's shape: {"error": "text"} or {"message": "text"}.
void ReadForeign(const boost::json::object& root, v1::ImagesError& error) {
  const auto message = json::GetString(root, "error").value_or(json::GetString(root, "message").value_or(""));
  if (IsPlainText(message)) error.set_message(std::string(message));
}

}  // namespace

ErrorBody ReadErrorBody(const boost::json::value& body) {
  ErrorBody read;
  const boost::json::object* root = body.if_object();
  if (root == nullptr) return read;
  const boost::json::object* object = json::GetObject(*root, "error");
  if (object == nullptr) {
    ReadForeign(*root, read.error);
    return read;
  }
  ReadErrorObject(*object, read.error);
  if (const boost::json::object* metadata = json::GetObject(*root, "openrouter_metadata")) {
    *read.error.mutable_openrouter_metadata() = json::ToStruct(*metadata);
  }
  read.error.set_user_id(std::string(json::GetString(*root, "user_id").value_or("")));
  read.status = StatusFrom(*object, "http_status");
  if (read.status == 0) read.status = StatusFrom(*object, "code");
  const bool named = !read.error.code().empty() || json::GetString(*object, "error_type").has_value() ||
                     StatusFrom(*object, "http_status") != 0 || json::GetString(*root, "type") == "error";
  read.well_formed = json::GetString(*object, "message").has_value() && named;
  return read;
}

const boost::json::value* ErrorIn(const boost::json::value& document) {
  if (!document.is_object()) return nullptr;
  const boost::json::value* error = document.get_object().if_contains("error");
  if (error == nullptr) return nullptr;
  const bool is_error = error->is_object() || (error->is_string() && !error->get_string().empty());
  return is_error ? error : nullptr;
}

ErrorBody ParseErrorBody(std::string_view body, std::string_view content_type) {
  ErrorBody unread;
  if (body.size() > kMaxErrorBodyBytes) return unread;
  const std::string_view text = Trim(body);
  if (text.starts_with('{')) {
    boost::json::parse_options options;
    options.max_depth = json::kMaxJsonDepth;
    boost::json::error_code broken;
    const boost::json::value document =
        boost::json::parse(boost::json::string_view(text.data(), text.size()), broken, {}, options);
    return broken ? unread : ReadErrorBody(document);
  }
  const bool labelled_as_text = content_type.empty() || content_type.starts_with("text/plain");
  if (labelled_as_text && IsPlainText(text)) unread.error.set_message(std::string(text));
  return unread;
}

}  // namespace openrouter_images::errors
