#include "service/limits/struct_count.h"

#include <gtest/gtest.h>

#include "tests/support/nested_struct.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using Result = StructCount::Result;

// {"k": [null, ...]}, which is one value more than the list has.
pb::Struct List(std::size_t elements) {
  pb::Struct fields;
  pb::ListValue& list = *(*fields.mutable_fields())["k"].mutable_list_value();
  for (std::size_t i = 0; i < elements; ++i) list.add_values();
  return fields;
}

TEST(StructCount, Depth) {
  EXPECT_EQ(StructCount().Add(NestedStruct(kMaxStructDepth)), Result::kGood);
  EXPECT_EQ(StructCount().Add(NestedStruct(kMaxStructDepth + 1)), Result::kTooDeep);

  pb::Struct lists;
  pb::Value* value = &(*lists.mutable_fields())["k"];
  for (std::size_t level = 1; level < kMaxStructDepth; ++level)
    value = value->mutable_list_value()->add_values();
  EXPECT_EQ(StructCount().Add(lists), Result::kGood);
  value->mutable_list_value();
  EXPECT_EQ(StructCount().Add(lists), Result::kTooDeep);
}

TEST(StructCount, ValuesOfSeveralStructsTogether) {
  StructCount count;
  EXPECT_EQ(count.Add(List(kMaxStructValues - 2)), Result::kGood);
  EXPECT_EQ(count.Add(pb::Struct()), Result::kGood);
  EXPECT_EQ(count.Add(List(0)), Result::kGood);
  EXPECT_EQ(count.Add(List(0)), Result::kTooMany);
}

TEST(StructCount, TooManyIsWorseThanTooDeep) {
  pb::Struct fields = List(kMaxStructValues);
  *(*fields.mutable_fields())["deep"].mutable_struct_value() = NestedStruct(kMaxStructDepth);
  EXPECT_EQ(StructCount().Add(fields), Result::kTooMany);
}

}  // namespace
}  // namespace openrouter_images::limits
