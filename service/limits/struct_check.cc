#include "service/limits/struct_check.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;

bool HasNul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

void StructCheck::Check(const pb::Struct& fields, const FieldPath& path) {
  if (!bounded()) return;
  if (fields.fields().empty()) {
    return Add(path, "is empty; an object that was not converted to a google.protobuf.Struct arrives so");
  }
  too_deep_ = false;
  CheckFields(fields, path, 1);
  if (too_deep_) Add(path, absl::StrCat("is nested deeper than ", kMaxStructDepth, " levels"));
}

void StructCheck::CheckFields(const pb::Struct& fields, const FieldPath& path, std::size_t depth) {
  if (!Count(static_cast<int>(fields.fields().size()), path)) return;
  std::vector<std::pair<std::string_view, const pb::Value*>> sorted;
  for (const auto& [key, value] : fields.fields()) sorted.emplace_back(key, &value);
  std::ranges::sort(sorted);
  for (const auto& [key, value] : sorted) {
    const FieldPath at = path.Member(key);
    if (HasNul(key)) Add(at, "must not contain NUL in its name");
    CheckValue(*value, at, depth);
  }
}

void StructCheck::CheckList(const pb::ListValue& list, const FieldPath& path, std::size_t depth) {
  if (!Count(list.values_size(), path)) return;
  for (int i = 0; i < list.values_size(); ++i) CheckValue(list.values(i), path.Index(i), depth);
}

void StructCheck::CheckValue(const pb::Value& value, const FieldPath& path, std::size_t depth) {
  if (!bounded()) return;
  switch (value.kind_case()) {
    case pb::Value::KIND_NOT_SET:
      return Add(path, "is a google.protobuf.Value without a kind; null is null_value");
    case pb::Value::kNumberValue:
      if (!std::isfinite(value.number_value())) Add(path, "must be a finite number");
      return;
    case pb::Value::kStringValue:
      if (HasNul(value.string_value())) Add(path, "must not contain NUL");
      return;
    case pb::Value::kNullValue:
    case pb::Value::kBoolValue:
      return;
    case pb::Value::kStructValue:
    case pb::Value::kListValue:
      break;
  }
  if (depth == kMaxStructDepth) {
    too_deep_ = true;
  } else if (value.has_struct_value()) {
    CheckFields(value.struct_value(), path, depth + 1);
  } else {
    CheckList(value.list_value(), path, depth + 1);
  }
}

bool StructCheck::Count(int values, const FieldPath& path) {
  if (!bounded()) return false;
  values_ += static_cast<std::size_t>(values);
  if (bounded()) return true;
  AddViolation(path.First(), absl::StrCat("holds more than ", kMaxStructValues, " values in all its Structs"),
               violations_);
  return false;
}

void StructCheck::Add(const FieldPath& path, std::string_view description) {
  if (violations_.size() < kMaxViolations) AddViolation(path.ToString(), description, violations_);
}

bool IsGood(const pb::Struct& fields) {
  Violations violations;
  StructCheck(violations).Check(fields, FieldPath(""));
  return violations.empty();
}

}  // namespace openrouter_images::limits
