#include "service/limits/struct_count.h"

#include <algorithm>

namespace openrouter_images::limits {

namespace pb = google::protobuf;

StructCount::Result StructCount::Add(const pb::Struct& fields) {
  return AddFields(fields, 1);
}

StructCount::Result StructCount::AddFields(const pb::Struct& fields, std::size_t depth) {
  Result worst = Result::kGood;
  for (const auto& [key, value] : fields.fields()) {
    worst = std::max(worst, AddValue(value, depth));
    if (worst == Result::kTooMany) break;
  }
  return worst;
}

StructCount::Result StructCount::AddValue(const pb::Value& value, std::size_t depth) {
  if (++values_ > kMaxStructValues) return Result::kTooMany;
  if (!value.has_struct_value() && !value.has_list_value()) return Result::kGood;
  if (depth == kMaxStructDepth) return Result::kTooDeep;
  if (value.has_struct_value()) return AddFields(value.struct_value(), depth + 1);
  Result worst = Result::kGood;
  for (const pb::Value& element : value.list_value().values()) {
    worst = std::max(worst, AddValue(element, depth + 1));
    if (worst == Result::kTooMany) break;
  }
  return worst;
}

}  // namespace openrouter_images::limits
