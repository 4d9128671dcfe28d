#include "service/json/json_document.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <boost/json/parse.hpp>

#include "service/json/json_struct.h"

namespace openrouter_images::json {

absl::StatusOr<boost::json::value> ParseDocument(std::string_view body) {
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::json::error_code ec;
  boost::json::value document =
      boost::json::parse(boost::json::string_view(body.data(), body.size()), ec, {}, options);
  if (ec) {
    return absl::InvalidArgumentError(
        absl::StrCat("a body of ", body.size(), " bytes is not JSON: ", ec.message()));
  }
  return document;
}

}  // namespace openrouter_images::json
