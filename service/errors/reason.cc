#include "service/errors/reason.h"

namespace openrouter_images::errors {

std::string_view ReasonName(v1::ErrorReason reason) {
  constexpr std::string_view kPrefix = "ERROR_REASON_";
  if (reason == v1::ERROR_REASON_UNSPECIFIED) return {};
  const std::string_view name = v1::ErrorReason_Name(reason);
  return name.substr(name.empty() ? 0 : kPrefix.size());
}

}  // namespace openrouter_images::errors
