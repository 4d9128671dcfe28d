#include "service/json/json_document.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <cstddef>

#include "service/json/json_repairer.h"
#include "service/json/json_struct.h"

namespace openrouter_images::json {
namespace {

absl::Status NotJson(std::size_t size, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("a body of ", size, " bytes is not JSON: ", absl::string_view(what.data(), what.size())));
}

}  // namespace

absl::StatusOr<boost::json::value> ParseDocument(std::string_view body) {
  // Small, since the repaired text takes memory of its own.
  constexpr std::size_t kPiece = 16 * 1024;
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::json::stream_parser parser({}, options);
  JsonRepairer repairer;
  boost::json::error_code ec;
  bool has_more = false;
  for (std::string_view rest = body; !rest.empty() && !parser.done();) {
    const std::string_view piece = rest.substr(0, kPiece);
    rest.remove_prefix(piece.size());
    const std::string_view repaired = repairer.Repair(piece);
    if (repaired.empty()) continue;
    const std::size_t read = parser.write_some(repaired.data(), repaired.size(), ec);
    if (ec) return NotJson(body.size(), ec.message());
    has_more = read < repaired.size() || !rest.empty();
  }
  if (!parser.done()) parser.finish(ec);
  if (ec) return NotJson(body.size(), ec.message());
  boost::json::value document = parser.release();
  if (has_more && !document.is_structured()) return NotJson(body.size(), "something follows a scalar");
  return document;
}

}  // namespace openrouter_images::json
