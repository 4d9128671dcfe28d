#include "service/rpc/caller_key.h"

#include <iterator>
#include <string_view>

#include "service/credentials/key_source.h"

namespace openrouter_images::rpc {

std::string CallerKey(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
                      limits::Violations& violations) {
  const auto [begin, end] = metadata.equal_range(kCallerKeyMetadata);
  if (begin == end) return "";
  const std::string_view key(begin->second.data(), begin->second.size());
  const std::string_view defect =
      std::next(begin) == end ? credentials::KeyDefect(key) : "is given more than once";
  if (!defect.empty()) limits::AddViolation(kCallerKeyMetadata, defect, violations);
  return std::string(key);
}

}  // namespace openrouter_images::rpc
