#include "service/upstream/request/model_path.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <vector>

#include "service/base/string_view.h"
#include "service/http/url.h"

namespace openrouter_images::upstream {
namespace {

struct ModelName {
  std::string_view author;
  std::string_view slug;
};

ModelName Split(std::string_view model) {
  const std::size_t slash = model.find('/');
  if (slash == std::string_view::npos) return {.author = {}, .slug = model};
  return {.author = model.substr(0, slash), .slug = model.substr(slash + 1)};
}

bool HasDots(std::string_view model) {
  const std::vector<absl::string_view> parts = absl::StrSplit(base::ToAbsl(model), '/');
  return std::ranges::any_of(parts, [](absl::string_view part) { return part == "." || part == ".."; });
}

}  // namespace

void CheckModelPath(std::string_view model, std::string_view path, limits::Violations& violations) {
  if (model.empty()) return;
  const ModelName name = Split(model);
  if (name.author.empty() || name.slug.empty()) {
    AddViolation(path, "must be of the form author/slug: the endpoints of other names cannot be listed",
                 violations);
  } else if (HasDots(model)) {
    AddViolation(path, "must not have . or .. between slashes", violations);
  }
}

std::string EndpointsPath(std::string_view model) {
  const ModelName name = Split(model);
  return absl::StrCat("/images/models/", http::EscapePathSegment(name.author), "/",
                      http::EscapePathSegment(name.slug), "/endpoints");
}

}  // namespace openrouter_images::upstream
