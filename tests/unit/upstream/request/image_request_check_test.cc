#include "service/upstream/request/image_request_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/json/json_struct.h"
#include "service/limits/check.h"
#include "service/upstream/request/additional_fields.h"

namespace openrouter_images::upstream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> Fields(const limits::Violations& violations) {
  std::vector<std::string> fields;
  for (const auto& violation : violations) {
    EXPECT_FALSE(violation.description.empty());
    fields.push_back(violation.field);
  }
  return fields;
}

// By the limits at the fields and by the rules between them.
std::vector<std::string> Check(v1::ImageSpec spec) {
  limits::Violations violations;
  MoveToFields(spec, "image", violations);
  if (limits::Check(spec, "image", violations)) CheckImage(spec, violations);
  return Fields(violations);
}

// A spec that is good, and `more`.
v1::ImageSpec Spec(const std::string& more = "") {
  v1::ImageSpec spec;
  spec.set_model("author/slug");
  spec.set_prompt("p");
  v1::ImageSpec rest;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(more, &rest)) << more;
  spec.MergeFrom(rest);
  return spec;
}

struct Row {
  const char* name;
  std::string more;
  std::vector<std::string> fields;
};

class ImageRules : public testing::TestWithParam<Row> {};

TEST_P(ImageRules, Hold) {
  EXPECT_EQ(Check(Spec(GetParam().more)), GetParam().fields);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ImageRules,
    testing::Values(
        Row{"good", "", {}}, Row{"n_1", "n: 1", {}}, Row{"n_10", "n: 10", {}},
        Row{"n_0", "n: 0", {"image.n"}}, Row{"n_11", "n: 11", {"image.n"}},
        Row{"compression_0", "output_compression: 0", {}},
        Row{"compression_100", "output_compression: 100", {}},
        Row{"compression_101", "output_compression: 101", {"image.output_compression"}},
        Row{"compression_negative", "output_compression: -1", {"image.output_compression"}},
        Row{"blank_prompt", "prompt: ' '", {}}, Row{"empty_prompt", "prompt: ''", {"image.prompt"}},
        Row{"nul_in_prompt", "prompt: 'a\\000b'", {"image.prompt"}},
        Row{"nul_in_size", "size: '\\000'", {"image.size"}},
        Row{"nul_in_order", "provider { order: 'a' order: '\\000' }", {"image.provider.order[1]"}},
        Row{"nul_in_trace", "trace { span_name: '\\000' }", {"image.trace.span_name"}},
        Row{"unknown_words",
            "size: 'huge' quality: 'ultra' background: 'mirror' output_format: 'jxl' aspect_ratio: '7:5'",
            {}},
        Row{"transparent_png", "background: 'transparent' output_format: 'png'", {}},
        Row{"transparent_webp", "background: 'transparent' output_format: 'webp'", {}},
        Row{"transparent_unset", "background: 'transparent'", {}},
        Row{"transparent_newer_format", "background: 'transparent' output_format: 'avif'", {}},
        Row{"transparent_jpeg", "background: 'transparent' output_format: 'jpeg'", {"image.background"}},
        Row{"transparent_svg", "background: 'transparent' output_format: 'svg'", {"image.background"}},
        Row{"model_empty", "model: ''", {"image.model"}}, Row{"model_one_part", "model: 'gpt'", {}},
        Row{"model_preset", "model: 'a/gpt-4@preset/x'", {}},
        Row{"model_any_text", "model: '~../caf\\303\\251 //'", {}},
        Row{"model_newline", "model: 'a/b\\n'", {"image.model"}},
        Row{"model_nul", "model: 'a/b\\000'", {"image.model"}},
        Row{"model_256", "model: 'a/" + std::string(254, 'x') + "'", {}},
        Row{"model_257", "model: 'a/" + std::string(255, 'x') + "'", {"image.model"}},
        Row{"additional_new", "additional_fields { fields { key: 'style' value { bool_value: true } } }", {}},
        Row{"additional_of_another_type",
            "additional_fields { fields { key: 'size' value { bool_value: true } } }",
            {"image.additional_fields.size"}},
        Row{"additional_set_twice",
            "additional_fields { fields { key: 'prompt' value { string_value: 'q' } } }",
            {"image.additional_fields.prompt"}},
        Row{"additional_within_its_limits",
            "additional_fields { fields { key: 'n' value { number_value: 10 } } }",
            {}},
        Row{"additional_beyond_its_limits",
            "additional_fields { fields { key: 'n' value { number_value: 11 } } }",
            {"image.n"}},
        Row{"additional_against_a_rule",
            "additional_fields { fields { key: 'background' value { string_value: 'transparent' } }"
            "                    fields { key: 'output_format' value { string_value: 'jpeg' } } }",
            {"image.background"}},
        Row{"additional_reference",
            "additional_fields { fields { key: 'input_references' value { list_value { values { struct_value "
            "{"
            "  fields { key: 'url' value { string_value: 'ftp://x' } } } } } } } }",
            {"image.input_references[0].url"}},
        Row{"additional_stream",
            "additional_fields { fields { key: 'stream' value { bool_value: true } } }",
            {"image.additional_fields.stream"}},
        Row{"additional_in_provider",
            "provider { additional_fields { fields { key: 'sort' value { bool_value: true } } } }",
            {"image.provider.additional_fields.sort"}},
        Row{"additional_in_sort",
            "provider { sort_config { additional_fields { fields { key: 'by' value { bool_value: true } } } "
            "} }",
            {"image.provider.sort_config.additional_fields.by"}},
        Row{"additional_in_trace",
            "trace { additional_fields { fields { key: 'trace_id' value { bool_value: true } } } }",
            {"image.trace.additional_fields.trace_id"}}),
    [](const auto& row) { return std::string(row.param.name); });

// What an older client sends, with a service that knows the fields.
TEST(CheckImage, RequiredFieldsMayBeAdditional) {
  v1::ImageSpec spec;
  auto& more = *spec.mutable_additional_fields()->mutable_fields();
  more["model"].set_string_value("a/b");
  EXPECT_THAT(Check(spec), ElementsAre("image.prompt"));
  more["prompt"].set_string_value("p");
  EXPECT_THAT(Check(spec), IsEmpty());
}

struct ReferenceRow {
  const char* name;
  std::string reference;
  std::vector<std::string> fields;
};

class ReferenceRules : public testing::TestWithParam<ReferenceRow> {};

TEST_P(ReferenceRules, Hold) {
  EXPECT_EQ(Check(Spec("input_references {" + GetParam().reference + "}")), GetParam().fields);
}

std::string MoreText(const std::string& name, const std::string& value) {
  return " additional_fields { fields { key: '" + name + "' value { " + value + " } } }";
}

const char kReference[] = "image.input_references[0]";
const std::string kMore = std::string(kReference) + ".additional_fields";

INSTANTIATE_TEST_SUITE_P(
    Table, ReferenceRules,
    testing::Values(
        ReferenceRow{"nothing", "", {kReference}},
        ReferenceRow{"new_field", "url: 'https://x'" + MoreText("role", "string_value: 'mask'"), {}},
        ReferenceRow{"new_field_alone", MoreText("role", "string_value: 'mask'"), {kReference}},
        ReferenceRow{"own_type", MoreText("type", "string_value: 'video'"), {}},
        ReferenceRow{"own_type_number", MoreText("type", "number_value: 1"), {kMore + ".type"}},
        ReferenceRow{"own_type_empty", MoreText("type", "string_value: ''"), {kMore + ".type"}},
        ReferenceRow{
            "type_twice", "url: 'https://x'" + MoreText("type", "string_value: 'video'"), {kMore + ".type"}},
        ReferenceRow{
            "beside_url",
            "url: 'https://x'" +
                MoreText("image_url", "struct_value { fields { key: 'detail' value { bool_value: true } } }"),
            {}},
        ReferenceRow{
            "url_twice",
            "inline { data: 'GIF89a' }" +
                MoreText("image_url", "struct_value { fields { key: 'url' value { string_value: 'x' } } }"),
            {kMore + ".image_url.url"}},
        ReferenceRow{"image_url_no_object",
                     "url: 'https://x'" + MoreText("image_url", "string_value: 'https://x'"),
                     {kMore + ".image_url"}},
        ReferenceRow{"kindless", "url: 'https://x'" + MoreText("role", ""), {kMore + ".role"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CheckImage, ReportsEverything) {
  v1::ImageSpec spec;
  spec.set_n(0);
  spec.set_output_compression(101);
  spec.add_input_references();
  spec.add_input_references()->set_url("ftp://x");
  EXPECT_THAT(Check(spec), ElementsAre("image.model", "image.prompt", "image.n", "image.output_compression",
                                       "image.input_references[0]", "image.input_references[1].url"));
}

TEST(CheckImage, Urls) {
  for (const char* url :
       {"https://example.com/a.png", "HTTP://x", "http://[::1]:8080/a?b#c", "data:image/png;base64,AAAA",
        "DATA:image/svg+xml;charset=utf-8;BASE64,AAAA", "https://ex\xC3\xA4mple.com/"}) {
    v1::ImageSpec spec = Spec();
    spec.add_input_references()->set_url(url);
    EXPECT_THAT(Check(spec), IsEmpty()) << url;
  }
  for (const char* url :
       {"", "x", "://x", "https:", "https://", "https:///path", "https:x", "file:///etc/passwd", "ftp://x",
        "https://a b", "https://a\r\nHost: b", "data:", "data:,x", "data:image/png,AAAA", "data:;base64,AAAA",
        "data:image;base64,AAAA", "data:image/png;base64", "data:image/png;base64,", "javascript:alert(1)"}) {
    v1::ImageSpec spec = Spec();
    spec.add_input_references()->set_url(url);
    EXPECT_THAT(Check(spec), ElementsAre("image.input_references[0].url")) << url;
  }
}

TEST(CheckImage, InlineImages) {
  v1::ImageSpec spec = Spec();
  spec.add_input_references()->mutable_inline_()->set_data("GIF89a");
  v1::InlineImage* named = spec.add_input_references()->mutable_inline_();
  named->set_data("?");
  named->set_media_type("image/x-new+zip");
  EXPECT_THAT(Check(spec), IsEmpty());

  spec.add_input_references()->mutable_inline_();
  spec.add_input_references()->mutable_inline_()->set_data("no signature");
  for (const char* type : {"image", "image/", "/png", "image/png;x=1", "image/p ng", "image/png,", "a/b/c"}) {
    v1::InlineImage* image = spec.add_input_references()->mutable_inline_();
    image->set_data("GIF89a");
    image->set_media_type(type);
  }
  EXPECT_THAT(
      Check(spec),
      ElementsAre(
          "image.input_references[2].inline.data", "image.input_references[3].inline.media_type",
          "image.input_references[4].inline.media_type", "image.input_references[5].inline.media_type",
          "image.input_references[6].inline.media_type", "image.input_references[7].inline.media_type",
          "image.input_references[8].inline.media_type", "image.input_references[9].inline.media_type",
          "image.input_references[10].inline.media_type"));
}

TEST(CheckImage, SixteenReferences) {
  v1::ImageSpec spec = Spec();
  for (int i = 0; i < 16; ++i) spec.add_input_references()->set_url("https://x");
  EXPECT_THAT(Check(spec), IsEmpty());
  // The answer to a flood of bad references stays small.
  for (int i = 0; i < 10000; ++i) spec.add_input_references();
  EXPECT_THAT(Check(spec), ElementsAre("image.input_references"));
}

TEST(CheckImage, SessionIdIsMeasuredInCharacters) {
  std::string characters;
  for (int i = 0; i < 256; ++i) characters += "\xF0\x9F\x98\x80";
  v1::ImageSpec spec = Spec();
  spec.set_session_id(characters);
  EXPECT_THAT(Check(spec), IsEmpty());
  spec.set_session_id(characters + "x");
  EXPECT_THAT(Check(spec), ElementsAre("image.session_id"));
}

TEST(CheckImage, DepthOfWhatIsPassedThrough) {
  google::protobuf::Struct deep;
  for (std::size_t level = 0; level < json::kMaxJsonDepth; ++level) {
    google::protobuf::Struct outer;
    *(*outer.mutable_fields())["k"].mutable_struct_value() = deep;
    deep = outer;
  }
  v1::ImageSpec spec = Spec();
  *spec.mutable_additional_fields() = deep;
  (*spec.mutable_provider()->mutable_options())["x"] = deep;
  *spec.mutable_provider()->mutable_additional_fields() = deep;
  *spec.mutable_trace()->mutable_additional_fields() = deep;
  EXPECT_THAT(Check(spec),
              UnorderedElementsAre("image.additional_fields", "image.provider.options[x]",
                                   "image.provider.additional_fields", "image.trace.additional_fields"));
}

TEST(CheckImage, QuotesAreShortAndPrintable) {
  v1::ImageSpec spec = Spec();
  google::protobuf::Struct deep;
  for (std::size_t level = 0; level < json::kMaxJsonDepth; ++level) {
    google::protobuf::Struct outer;
    *(*outer.mutable_fields())["k"].mutable_struct_value() = deep;
    deep = outer;
  }
  (*spec.mutable_provider()->mutable_options())["\n\xC3\xA9" + std::string(10000, 'x')] = deep;
  const std::vector<std::string> fields = Check(spec);
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_LE(fields[0].size(), 600u);
  for (const char c : fields[0]) EXPECT_TRUE(c >= ' ' && c < '\x7F');
}

struct SizeRow {
  const char* path;
  std::size_t most;
  void (*set)(v1::ImageSpec& spec, const std::string& text);
};

TEST(CheckImage, TextsHaveABound) {
  const SizeRow rows[] = {
      {"image.size", 64, [](auto& spec, auto& text) { spec.set_size(text); }},
      {"image.resolution", 64, [](auto& spec, auto& text) { spec.set_resolution(text); }},
      {"image.aspect_ratio", 64, [](auto& spec, auto& text) { spec.set_aspect_ratio(text); }},
      {"image.quality", 64, [](auto& spec, auto& text) { spec.set_quality(text); }},
      {"image.output_format", 64, [](auto& spec, auto& text) { spec.set_output_format(text); }},
      {"image.background", 64, [](auto& spec, auto& text) { spec.set_background(text); }},
      {"image.user", 512, [](auto& spec, auto& text) { spec.set_user(text); }},
      {"image.trace.trace_id", 512, [](auto& spec, auto& text) { spec.mutable_trace()->set_trace_id(text); }},
      {"image.trace.trace_name", 512,
       [](auto& spec, auto& text) { spec.mutable_trace()->set_trace_name(text); }},
      {"image.trace.span_name", 512,
       [](auto& spec, auto& text) { spec.mutable_trace()->set_span_name(text); }},
      {"image.trace.generation_name", 512,
       [](auto& spec, auto& text) { spec.mutable_trace()->set_generation_name(text); }},
      {"image.trace.parent_span_id", 512,
       [](auto& spec, auto& text) { spec.mutable_trace()->set_parent_span_id(text); }},
      {"image.provider.sort", 64, [](auto& spec, auto& text) { spec.mutable_provider()->set_sort(text); }},
      {"image.provider.sort_config.by", 64,
       [](auto& spec, auto& text) { spec.mutable_provider()->mutable_sort_config()->set_by(text); }},
      {"image.provider.sort_config.partition", 64,
       [](auto& spec, auto& text) { spec.mutable_provider()->mutable_sort_config()->set_partition(text); }},
      {"image.provider.order[0]", 128,
       [](auto& spec, auto& text) { spec.mutable_provider()->add_order(text); }},
      {"image.provider.only[0]", 128,
       [](auto& spec, auto& text) { spec.mutable_provider()->add_only(text); }},
      {"image.provider.ignore[0]", 128,
       [](auto& spec, auto& text) { spec.mutable_provider()->add_ignore(text); }},
  };
  for (const SizeRow& row : rows) {
    v1::ImageSpec most = Spec();
    row.set(most, std::string(row.most, 'x'));
    EXPECT_THAT(Check(most), IsEmpty()) << row.path;
    v1::ImageSpec more = Spec();
    row.set(more, std::string(row.most + 1, 'x'));
    EXPECT_THAT(Check(more), ElementsAre(row.path));
  }
}

TEST(CheckImage, ListsHaveABound) {
  v1::ImageSpec spec = Spec();
  v1::ProviderPreferences& provider = *spec.mutable_provider();
  for (int i = 0; i < 64; ++i) {
    provider.add_order("x");
    provider.add_only("x");
    provider.add_ignore("x");
    (*(*provider.mutable_options())["x" + std::to_string(i)].mutable_fields())["k"].set_bool_value(true);
  }
  EXPECT_THAT(Check(spec), IsEmpty());
  provider.add_order("x");
  provider.add_only("x");
  provider.add_ignore("x");
  (*provider.mutable_options())["x"];
  EXPECT_THAT(Check(spec), ElementsAre("image.provider.order", "image.provider.only", "image.provider.ignore",
                                       "image.provider.options"));
}

TEST(CheckImage, PassedThroughValuesAreCountedTogether) {
  v1::ImageSpec spec = Spec();
  // With the list itself 1000 values each.
  const auto add = [](google::protobuf::Struct& fields) {
    auto& list = *(*fields.mutable_fields())["x"].mutable_list_value();
    for (int i = 0; i < 999; ++i) list.add_values()->set_bool_value(true);
  };
  add(*spec.mutable_additional_fields());
  add(*spec.mutable_provider()->mutable_additional_fields());
  add(*spec.mutable_trace()->mutable_additional_fields());
  add((*spec.mutable_provider()->mutable_options())["a"]);
  auto& options = *(*spec.mutable_provider()->mutable_options())["b"].mutable_fields();
  for (int i = 0; i < 95; ++i) {
    (*options["x"].mutable_struct_value()->mutable_fields())[std::to_string(i)].set_bool_value(true);
  }
  EXPECT_THAT(Check(spec), IsEmpty());
  (*spec.mutable_additional_fields()->mutable_fields())["y"].set_bool_value(true);
  EXPECT_THAT(Check(spec), ElementsAre("image"));
}

TEST(CheckImage, AFloodOfNulIsCutShort) {
  v1::ImageSpec spec = Spec();
  v1::ProviderPreferences& provider = *spec.mutable_provider();
  for (int i = 0; i < 64; ++i) {
    for (auto* list : {provider.mutable_order(), provider.mutable_only(), provider.mutable_ignore()}) {
      *list->Add() = std::string(1, '\0');
    }
  }
  EXPECT_EQ(Check(spec).size(), 192u);
  provider.add_order("one too many for a closer look");
  EXPECT_EQ(Check(spec).size(), 129u);
}

TEST(CheckImage, NulInAReference) {
  v1::ImageSpec spec = Spec();
  spec.add_input_references()->set_url(std::string("https://x\0", 10));
  spec.add_input_references()->set_url(std::string("data:image/png;base64,A\0", 24));
  EXPECT_THAT(Check(spec), ElementsAre("image.input_references[0].url", "image.input_references[1].url"));
}

}  // namespace
}  // namespace openrouter_images::upstream
