#include "service/limits/violation.h"

#include <gtest/gtest.h>

#include "service/limits/field_path.h"

namespace openrouter_images::limits {
namespace {

TEST(AddViolation, StopsAtTheLimit) {
  Violations violations;
  for (int i = 0; i < 300; ++i) AddViolation("image", "is bad", violations);
  EXPECT_EQ(violations.size(), kMaxViolations);
}

TEST(AddViolation, PathsAreShortAndPrintable) {
  Violations violations;
  AddViolation("a[\n\xC3\xA9]" + std::string(10000, 'x'), "is bad", violations);
  EXPECT_EQ(violations[0].field.substr(0, 16), "a[\\n\\xc3\\xa9]xxx");
  EXPECT_LT(violations[0].field.size(), 150u);
}

TEST(FieldPath, IsWrittenAsInTheProto) {
  const FieldPath none("");
  const FieldPath image = none.Field("image");
  const FieldPath references = image.Field("input_references");
  const FieldPath third = references.Index(2);
  EXPECT_EQ(none.ToString(), "");
  EXPECT_EQ(third.Field("url").ToString(), "image.input_references[2].url");
  EXPECT_EQ(image.Key("a b").ToString(), "image[a b]");
  EXPECT_EQ(FieldPath("options.retry").Field("exponent").ToString(), "options.retry.exponent");
}

TEST(FieldPath, First) {
  const FieldPath none("");
  const FieldPath image = none.Field("image");
  EXPECT_EQ(image.First(), "image");
  EXPECT_EQ(image.Field("trace").First(), "image");
  const FieldPath options("options.retry");
  EXPECT_EQ(options.First(), "options.retry");
  EXPECT_EQ(options.Field("a").First(), "options.retry");
}

}  // namespace
}  // namespace openrouter_images::limits
