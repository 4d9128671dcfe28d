#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstddef>

namespace openrouter::images::limits {

// All values inside the Structs of one message, those inside one another included.
inline constexpr std::size_t kMaxStructValues = 4096;

// Objects and lists inside one another, the outermost included.
inline constexpr std::size_t kMaxStructDepth = 32;

// Counts the values of several Structs together. Takes at most kMaxStructValues steps in all, whatever the
// Structs hold: a few MiB of a message can be millions of empty values.
class StructCount {
 public:
  enum class Result { kGood, kTooDeep, kTooMany };

  // kTooMany from the Struct on that exceeds the limit. What is nested too deep is not counted.
  Result Add(const google::protobuf::Struct& fields);

 private:
  Result AddFields(const google::protobuf::Struct& fields, std::size_t depth);
  Result AddValue(const google::protobuf::Value& value, std::size_t depth);

  std::size_t values_ = 0;
};

}  // namespace openrouter::images::limits
