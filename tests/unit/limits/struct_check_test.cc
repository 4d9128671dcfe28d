#include "service/limits/struct_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/support/nested_struct.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Faults(const pb::Struct& fields) {
  Violations violations;
  StructCheck(violations).Check(fields, FieldPath("s"));
  EXPECT_EQ(IsGood(fields), violations.empty());
  std::vector<std::string> lines;
  for (const auto& [field, description] : violations) lines.push_back(field + ": " + description);
  return lines;
}

// {"k": [null, ...]}, which is one value more than the list has.
pb::Struct List(std::size_t elements) {
  pb::Struct fields;
  pb::ListValue& list = *(*fields.mutable_fields())["k"].mutable_list_value();
  for (std::size_t i = 0; i < elements; ++i) list.add_values()->set_null_value(pb::NULL_VALUE);
  return fields;
}

TEST(StructCheck, Depth) {
  EXPECT_THAT(Faults(NestedStruct(kMaxStructDepth)), IsEmpty());
  EXPECT_THAT(Faults(NestedStruct(kMaxStructDepth + 1)), ElementsAre("s: is nested deeper than 32 levels"));

  pb::Struct lists;
  pb::Value* value = &(*lists.mutable_fields())["k"];
  for (std::size_t level = 1; level < kMaxStructDepth; ++level) {
    value = value->mutable_list_value()->add_values();
  }
  value->set_bool_value(true);
  EXPECT_THAT(Faults(lists), IsEmpty());
  value->mutable_list_value();
  EXPECT_THAT(Faults(lists), ElementsAre("s: is nested deeper than 32 levels"));
}

TEST(StructCheck, ValuesOfSeveralStructsTogether) {
  Violations violations;
  StructCheck check(violations);
  const FieldPath root("");
  const FieldPath image = root.Field("image");
  const FieldPath path = image.Field("trace");
  check.Check(List(kMaxStructValues - 2), path);
  check.Check(List(0), path);
  EXPECT_TRUE(check.bounded());
  EXPECT_THAT(violations, IsEmpty());

  check.Check(List(0), path);
  check.Check(List(kMaxStructValues), path);
  EXPECT_FALSE(check.bounded());
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "image");
  EXPECT_EQ(violations[0].description, "holds more than 4096 values in all its Structs");
}

TEST(StructCheck, NothingIsReadOnceThereAreTooMany) {
  pb::Struct fields = List(kMaxStructValues);
  (*fields.mutable_fields())["z"];
  EXPECT_THAT(Faults(fields), ElementsAre("s: holds more than 4096 values in all its Structs"));
}

// What JavaScript's clients send for a plain value. As JSON it would be null, in a call that costs money.
TEST(StructCheck, AValueNeedsAKind) {
  pb::Struct fields;
  (*fields.mutable_fields())["style"];
  (*fields.mutable_fields())["list"].mutable_list_value()->add_values()->set_null_value(pb::NULL_VALUE);
  (*fields.mutable_fields())["list"].mutable_list_value()->add_values();
  EXPECT_THAT(Faults(fields),
              ElementsAre("s.list[1]: is a google.protobuf.Value without a kind; null is null_value",
                          "s.style: is a google.protobuf.Value without a kind; null is null_value"));
}

TEST(StructCheck, NumbersAreFinite) {
  pb::Struct fields;
  (*fields.mutable_fields())["a"].set_number_value(std::numeric_limits<double>::max());
  (*fields.mutable_fields())["b"].set_number_value(std::numeric_limits<double>::quiet_NaN());
  pb::Struct& inner = *(*fields.mutable_fields())["c"].mutable_struct_value();
  (*inner.mutable_fields())["d"].set_number_value(-std::numeric_limits<double>::infinity());
  EXPECT_THAT(Faults(fields), ElementsAre("s.b: must be a finite number", "s.c.d: must be a finite number"));
}

TEST(StructCheck, NoNul) {
  pb::Struct fields;
  (*fields.mutable_fields())["a"].set_string_value(std::string("x\0", 2));
  (*fields.mutable_fields())[std::string("b\0", 2)].set_string_value("x");
  EXPECT_THAT(Faults(fields),
              ElementsAre("s.a: must not contain NUL", "s.b\\x00: must not contain NUL in its name"));
}

// What a plain object becomes in libraries that expect a Struct's own form: its content is lost.
TEST(StructCheck, Empty) {
  EXPECT_THAT(Faults({}), ElementsAre("s: is empty; an object that was not converted to a "
                                      "google.protobuf.Struct arrives so"));
  pb::Struct nested;
  (*nested.mutable_fields())["a"].mutable_struct_value();
  EXPECT_THAT(Faults(nested), IsEmpty());
}

}  // namespace
}  // namespace openrouter_images::limits
