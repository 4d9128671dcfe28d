#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstddef>

#include "service/limits/field_path.h"
#include "service/limits/violation.h"

namespace openrouter_images::limits {

// Limit of the values in all Structs of one message together, nested ones included.
inline constexpr std::size_t kMaxStructValues = 4096;

// Limit of the nesting of objects and lists, the outermost included.
inline constexpr std::size_t kMaxStructDepth = 32;

// Checks the Structs of one message: their number of values together, the nesting of each, that none is empty
// (some libraries make an empty Struct of a plain object, whose content would be lost), that each value has a
// kind, each number is finite and no text contains a NUL. What passes has exactly one JSON form. Takes at
// most kMaxStructValues steps in all, whatever the Structs hold.
class StructCheck {
 public:
  // `violations` outlives the check.
  explicit StructCheck(Violations& violations) : violations_(violations) {}

  // Adds every violation, in the order of the keys. Too many values are reported once, at the path's first
  // part; nothing is checked after that.
  void Check(const google::protobuf::Struct& fields, const FieldPath& path);

  // Whether the values of all Structs so far are within their limit.
  bool bounded() const { return values_ <= kMaxStructValues; }

 private:
  void CheckFields(const google::protobuf::Struct& fields, const FieldPath& path, std::size_t depth);
  void CheckList(const google::protobuf::ListValue& list, const FieldPath& path, std::size_t depth);
  void CheckValue(const google::protobuf::Value& value, const FieldPath& path, std::size_t depth);
  bool Count(int values, const FieldPath& path);
  void Add(const FieldPath& path, std::string_view description);

  Violations& violations_;
  std::size_t values_ = 0;
  bool too_deep_ = false;
};

// Whether a Struct alone passes the check.
bool IsGood(const google::protobuf::Struct& fields);

}  // namespace openrouter_images::limits
