#include "service/upstream/json_document.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <boost/json/parse.hpp>

#include "service/upstream/json_struct.h"

namespace openrouter::images::upstream {

namespace json = boost::json;

absl::StatusOr<json::value> ParseDocument(std::string_view body) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::error_code ec;
  json::value document = json::parse(json::string_view(body.data(), body.size()), ec, {}, options);
  if (ec) {
    return absl::InvalidArgumentError(
        absl::StrCat("a body of ", body.size(), " bytes is not JSON: ", ec.message()));
  }
  return document;
}

const json::value* ErrorIn(const json::value& document) {
  if (!document.is_object()) return nullptr;
  const json::value* error = document.get_object().if_contains("error");
  if (error == nullptr) return nullptr;
  const bool is_error = error->is_object() || (error->is_string() && !error->get_string().empty());
  return is_error ? error : nullptr;
}

}  // namespace openrouter::images::upstream
