#include "service/upstream/request/additional_fields.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "openrouter_images/v1/image_spec.pb.h"
#include "tests/support/nested_struct.h"

namespace openrouter_images::upstream {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

v1::ImageSpec SpecFromText(const std::string& text) {
  v1::ImageSpec spec;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &spec)) << text;
  return spec;
}

google::protobuf::Struct StructFromJson(const std::string& json) {
  google::protobuf::Struct fields;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &fields).ok()) << json;
  return fields;
}

std::vector<std::string> MoveAll(v1::ImageSpec& spec) {
  limits::Violations violations;
  MoveToFields(spec, "image", violations);
  std::vector<std::string> lines;
  for (const auto& [field, description] : violations) lines.push_back(field + ": " + description);
  return lines;
}

struct MovedRow {
  std::string name;
  // ImageSpec.additional_fields.
  std::string json;
  // The spec afterwards, but for additional_fields.
  std::string moved;
  // What is left in additional_fields.
  std::string left{};
};

class MoveToFieldsTest : public testing::TestWithParam<MovedRow> {};

TEST_P(MoveToFieldsTest, Moves) {
  v1::ImageSpec spec;
  *spec.mutable_additional_fields() = StructFromJson(GetParam().json);
  EXPECT_THAT(MoveAll(spec), IsEmpty());
  v1::ImageSpec expected = SpecFromText(GetParam().moved);
  if (!GetParam().left.empty()) *expected.mutable_additional_fields() = StructFromJson(GetParam().left);
  EXPECT_EQ(spec.DebugString(), expected.DebugString());
}

INSTANTIATE_TEST_SUITE_P(
    Table, MoveToFieldsTest,
    testing::Values(
        MovedRow{"Text", R"({"model": "a/b", "prompt": "p"})", "model: 'a/b' prompt: 'p'"},
        MovedRow{"Numbers", R"({"n": 2, "seed": -3})", "n: 2 seed: -3"},
        MovedRow{"NewNamesStay", R"({"style": "x", "n": 1, "extra": null})", "n: 1",
                 R"({"style": "x", "extra": null})"},
        MovedRow{"Messages", R"({"trace": {"trace_id": "t", "tenant": 7}})",
                 "trace { trace_id: 't' additional_fields { fields { key: 'tenant' value { number_value: 7 } "
                 "} } }"},
        MovedRow{
            "ListsAndMaps",
            R"({"provider": {"order": ["a", "b"], "allow_fallbacks": false, "options": {"x": {"y": [1]}}}})",
            "provider { order: 'a' order: 'b' allow_fallbacks: false options { key: 'x' "
            "value { fields { "
            "key: 'y' "
            "value { list_value { values { number_value: 1 } } } } } } }"},
        MovedRow{"SortAsText", R"({"provider": {"sort": "price"}})", "provider { sort: 'price' }"},
        MovedRow{"SortAsObject", R"({"provider": {"sort": {"by": "price", "then": "x"}}})",
                 "provider { sort_config { by: 'price' additional_fields { fields { "
                 "key: 'then' "
                 "value { string_value: 'x' } } } } }"},
        MovedRow{"ReferencesInTheUpstreamsForm",
                 R"({"input_references": [{"type": "image_url", "image_url": {"url": "https://x"}}]})",
                 "input_references { additional_fields { fields { key: 'type' value { string_value: "
                 "'image_url' } } "
                 "fields { key: 'image_url' value { struct_value { fields { key: 'url' value { string_value: "
                 "'https://x' } } } } } } }"}),
    [](const auto& row) { return row.param.name; });

TEST(MoveToFields, AtEveryLevel) {
  v1::ImageSpec spec;
  *spec.add_input_references()->mutable_additional_fields() = StructFromJson(R"({"url": "https://x"})");
  *spec.mutable_provider()->mutable_additional_fields() = StructFromJson(R"({"ignore": ["a"]})");
  *spec.mutable_trace()->mutable_additional_fields() = StructFromJson(R"({"span_name": "s"})");
  EXPECT_THAT(MoveAll(spec), IsEmpty());
  EXPECT_EQ(spec.input_references(0).url(), "https://x");
  EXPECT_THAT(spec.provider().ignore(), ElementsAre("a"));
  EXPECT_EQ(spec.trace().span_name(), "s");

  v1::ImageSpec sorted;
  *sorted.mutable_provider()->mutable_sort_config()->mutable_additional_fields() =
      StructFromJson(R"({"partition": "none"})");
  EXPECT_THAT(MoveAll(sorted), IsEmpty());
  EXPECT_EQ(sorted.provider().sort_config().partition(), "none");
}

// On the way through JSON, the largest exact integers are not to become texts.
TEST(MoveToFields, NumbersStayNumbers) {
  v1::ImageSpec spec;
  *spec.mutable_additional_fields() = StructFromJson(
      R"({"provider": {"options": {"x": {"a": 9007199254740992, "b": -9007199254740992, "c": 1e300, "d": 0.1}}}})");
  EXPECT_THAT(MoveAll(spec), IsEmpty());
  const auto& options = spec.provider().options().at("x").fields();
  EXPECT_EQ(options.at("a").number_value(), 9007199254740992.0);
  EXPECT_EQ(options.at("b").number_value(), -9007199254740992.0);
  EXPECT_EQ(options.at("c").number_value(), 1e300);
  EXPECT_EQ(options.at("d").number_value(), 0.1);
}

TEST(MoveToFields, AReferenceWithATypeOfItsOwnStays) {
  v1::ImageSpec spec;
  *spec.add_input_references()->mutable_additional_fields() =
      StructFromJson(R"({"type": "video", "url": "https://x"})");
  const std::string before = spec.DebugString();
  EXPECT_THAT(MoveAll(spec), IsEmpty());
  EXPECT_EQ(spec.DebugString(), before);
}

TEST(MoveToFields, NamesWhatIsSetTwice) {
  v1::ImageSpec spec = SpecFromText(
      "seed: 0 input_references { inline { data: '?' } } provider { order: 'a' sort_config {} }");
  *spec.mutable_additional_fields() = StructFromJson(R"({"seed": 0, "provider": {}})");
  *spec.mutable_input_references(0)->mutable_additional_fields() = StructFromJson(R"({"url": "https://x"})");
  *spec.mutable_provider()->mutable_additional_fields() =
      StructFromJson(R"({"order": ["b"], "sort": "price", "sort_config": {}})");
  const std::string before = spec.DebugString();
  EXPECT_THAT(MoveAll(spec),
              ElementsAreArray(
                  {"image.additional_fields.seed: is set twice: also as image.seed",
                   "image.additional_fields.provider: is set twice: also as image.provider",
                   "image.input_references[0].additional_fields.url: is set twice: also as "
                   "image.input_references[0].inline",
                   "image.provider.additional_fields.order: is set twice: also as image.provider.order",
                   "image.provider.additional_fields.sort: is set twice: also as image.provider.sort_config",
                   "image.provider.additional_fields.sort_config: is set twice: also as "
                   "image.provider.sort_config"}));
  EXPECT_EQ(spec.DebugString(), before);
}

TEST(MoveToFields, NamesTheTypeThatAFieldHas) {
  v1::ImageSpec spec;
  *spec.mutable_additional_fields() = StructFromJson(
      R"({"model": 1, "prompt": null, "n": 1.5, "seed": "7", "size": {}, "provider": [], "trace": "t",
          "input_references": [{}, "https://x"], "output_compression": 1e10})");
  EXPECT_THAT(
      MoveAll(spec),
      ElementsAre(
          "image.additional_fields.model: must be a text, as the field of this name",
          "image.additional_fields.prompt: must be a text, as the field of this name",
          "image.additional_fields.n: must be a whole number, as the field of this name",
          "image.additional_fields.size: must be a text, as the field of this name",
          "image.additional_fields.output_compression: must be a whole number, as the field of this name",
          "image.additional_fields.seed: must be a whole number, as the field of this name",
          "image.additional_fields.input_references: must be a list of objects, as the field of this name",
          "image.additional_fields.provider: must be an object, as the field of this name",
          "image.additional_fields.trace: must be an object, as the field of this name"));

  const std::string before = spec.DebugString();
  MoveAll(spec);
  EXPECT_EQ(spec.DebugString(), before);

  v1::ImageSpec nested;
  *nested.mutable_additional_fields() = StructFromJson(
      R"({"provider": {"order": ["a", null], "options": {"x": 1}, "allow_fallbacks": "no", "sort": 1},
          "trace": {"trace_id": null}})");
  EXPECT_THAT(
      MoveAll(nested),
      ElementsAre(
          "image.provider.additional_fields.order: must be a list of texts, as the field of this name",
          "image.provider.additional_fields.sort: must be a text, as the field of this name",
          "image.provider.additional_fields.allow_fallbacks: must be true or false, as the field of this "
          "name",
          "image.provider.additional_fields.options: must be an object, as the field of this name",
          "image.trace.additional_fields.trace_id: must be a text, as the field of this name"));
}

// JSON is made of 32 levels at the most, and has neither values without a kind nor NaN: to move such a value
// would change it. The limits name its fault.
TEST(MoveToFields, LeavesWhatTheLimitsRefuse) {
  v1::ImageSpec spec;
  *(*spec.mutable_additional_fields()->mutable_fields())["trace"].mutable_struct_value() = NestedStruct(32);
  const std::string before = spec.DebugString();
  EXPECT_THAT(MoveAll(spec), IsEmpty());
  EXPECT_EQ(spec.DebugString(), before);
}

}  // namespace
}  // namespace openrouter_images::upstream
