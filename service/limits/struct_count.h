#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstddef>

namespace openrouter_images::limits {

// Limit of the values in all Structs of one message together, nested ones included.
inline constexpr std::size_t kMaxStructValues = 4096;

// Limit of the nesting of objects and lists, the outermost included.
inline constexpr std::size_t kMaxStructDepth = 32;

// Counts the values of several Structs together. Takes at most kMaxStructValues steps in all, whatever the
// Structs hold: a few MiB of a message can be millions of empty values.
class StructCount {
 public:
  enum class Result { kGood, kTooDeep, kTooMany };

  // Returns kTooMany for the Struct that exceeds the limit and for all after it. Values that are nested too
  // deep are not counted.
  Result Add(const google::protobuf::Struct& fields);

 private:
  Result AddFields(const google::protobuf::Struct& fields, std::size_t depth);
  Result AddValue(const google::protobuf::Value& value, std::size_t depth);

  std::size_t values_ = 0;
};

}  // namespace openrouter_images::limits
