#include "service/json/json_message.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/generation.pb.h"
#include "openrouter_images/v1/usage.pb.h"

namespace openrouter_images::json {
namespace {

template <typename Message>
Message Read(const std::string& text) {
  Message message;
  ReadMessage(boost::json::parse(text).as_object(), message);
  return message;
}

// What ended up in additional_fields, as JSON.
template <typename Message>
boost::json::value Rest(const Message& message) {
  return FromStruct(message.additional_fields());
}

TEST(ReadMessage, SetsWhatFits) {
  const auto usage = Read<v1::ImageUsage>(R"({
    "prompt_tokens":0,"completion_tokens":4175,"total_tokens":4175.0,"cost":0.04,"is_byok":false,
    "cost_details":{"upstream_inference_cost":null,"upstream_inference_prompt_cost":1},
    "iterations":[{"type":"message","input_tokens":100},{"type":"advisor_message","model":"m"}],
    "service_tier":"","speed":null})");
  EXPECT_TRUE(usage.has_prompt_tokens());
  EXPECT_EQ(usage.completion_tokens(), 4175);
  EXPECT_EQ(usage.total_tokens(), 4175);
  EXPECT_EQ(usage.cost(), 0.04);
  EXPECT_TRUE(usage.has_is_byok());
  EXPECT_FALSE(usage.cost_details().has_upstream_inference_cost());
  EXPECT_EQ(usage.cost_details().upstream_inference_prompt_cost(), 1);
  ASSERT_EQ(usage.iterations_size(), 2);
  EXPECT_EQ(usage.iterations(1).model(), "m");
  EXPECT_TRUE(usage.has_service_tier());
  EXPECT_FALSE(usage.has_speed());
  EXPECT_FALSE(usage.has_additional_fields());
}

struct Misfit {
  const char* name;
  const char* text;
};

class ReadMessageMisfits : public testing::TestWithParam<Misfit> {};

TEST_P(ReadMessageMisfits, AreKeptWhole) {
  const auto usage = Read<v1::ImageUsage>(GetParam().text);
  EXPECT_EQ(Rest(usage), boost::json::parse(GetParam().text));
  v1::ImageUsage nothing_but_rest;
  *nothing_but_rest.mutable_additional_fields() = usage.additional_fields();
  EXPECT_EQ(usage.SerializeAsString(), nothing_but_rest.SerializeAsString());
}

INSTANTIATE_TEST_SUITE_P(Table, ReadMessageMisfits,
                         testing::Values(Misfit{"unknown_key", R"({"brand_new":{"a":[1,null,"x"]}})"},
                                         Misfit{"unknown_null", R"({"brand_new":null})"},
                                         Misfit{"word_for_integer", R"({"prompt_tokens":"12"})"},
                                         Misfit{"fraction_for_integer", R"({"prompt_tokens":1.5})"},
                                         Misfit{"integer_too_large", R"({"prompt_tokens":1e19})"},
                                         Misfit{"integer_just_too_large",
                                                R"({"prompt_tokens":9223372036854775808.0})"},
                                         Misfit{"word_for_double", R"({"cost":"0.04"})"},
                                         Misfit{"number_for_bool", R"({"is_byok":1})"},
                                         Misfit{"number_for_string", R"({"speed":7})"},
                                         Misfit{"array_for_message", R"({"cost_details":[]})"},
                                         Misfit{"object_for_array", R"({"iterations":{}})"},
                                         Misfit{"only_bad_elements", R"({"iterations":[7,null]})"},
                                         Misfit{"own_name_of_the_rest", R"({"additional_fields":{"x":1}})"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ReadMessage, KeepsMisfitsAtTheirOwnLevel) {
  const auto usage = Read<v1::ImageUsage>(
      R"({"prompt_tokens":3,"cost_details":{"upstream_inference_cost":"free","new":1},"iterations":[{"new":2}]})");
  EXPECT_EQ(usage.prompt_tokens(), 3);
  EXPECT_EQ(Rest(usage.cost_details()), boost::json::parse(R"({"upstream_inference_cost":"free","new":1})"));
  EXPECT_EQ(Rest(usage.iterations(0)), boost::json::parse(R"({"new":2})"));
  EXPECT_FALSE(usage.has_additional_fields());
}

TEST(ReadMessage, Int64SurvivesToItsEnds) {
  const auto usage = Read<v1::ImageUsage>(
      R"({"prompt_tokens":9223372036854775807,"completion_tokens":-9223372036854775808})");
  EXPECT_EQ(usage.prompt_tokens(), INT64_MAX);
  EXPECT_EQ(usage.completion_tokens(), INT64_MIN);
  // One more does not fit, and keeps its digits.
  const auto more = Read<v1::ImageUsage>(R"({"prompt_tokens":9223372036854775808})");
  EXPECT_FALSE(more.has_prompt_tokens());
  EXPECT_EQ(Rest(more), boost::json::parse(R"({"prompt_tokens":"9223372036854775808"})"));
}

TEST(ReadMessage, Int32HasItsRange) {
  EXPECT_EQ(Read<v1::ImageSpec>(R"({"n":2147483647})").n(), INT32_MAX);
  const auto spec = Read<v1::ImageSpec>(R"({"n":2147483648})");
  EXPECT_FALSE(spec.has_n());
  EXPECT_EQ(Rest(spec), boost::json::parse(R"({"n":2147483648})"));
}

TEST(ReadMessage, RepeatedStringsAndStructMaps) {
  const auto provider = Read<v1::ProviderPreferences>(
      R"({"order":["a","b"],"only":["a",1],"options":{"openai":{"moderation":"low","deep":{"x":[1]}}}})");
  ASSERT_EQ(provider.order_size(), 2);
  EXPECT_EQ(provider.order(1), "b");
  ASSERT_EQ(provider.only_size(), 1);
  EXPECT_EQ(Rest(provider), boost::json::parse(R"({"only":[1]})"));
  EXPECT_EQ(FromStruct(provider.options().at("openai")),
            boost::json::parse(R"({"moderation":"low","deep":{"x":[1]}})"));
}

TEST(ReadMessage, OddElementsOfAListAreKeptApart) {
  const auto usage = Read<v1::ImageUsage>(
      R"({"iterations":[null,{"type":"message"},7,{"type":"compaction","input_tokens":"x"},[]],"speed":"fast"})");
  ASSERT_EQ(usage.iterations_size(), 2);
  EXPECT_EQ(usage.iterations(0).type(), "message");
  EXPECT_EQ(usage.iterations(1).type(), "compaction");
  EXPECT_EQ(Rest(usage.iterations(1)), boost::json::parse(R"({"input_tokens":"x"})"));
  EXPECT_EQ(Rest(usage), boost::json::parse(R"({"iterations":[null,7,[]]})"));

  const auto architecture = Read<v1::ImageModelArchitecture>(
      R"({"input_modalities":["text",null,"image"],"output_modalities":["image",{"type":"x"}]})");
  EXPECT_EQ(architecture.input_modalities_size(), 2);
  EXPECT_EQ(architecture.input_modalities(1), "image");
  EXPECT_EQ(architecture.output_modalities_size(), 1);
  EXPECT_EQ(Rest(architecture),
            boost::json::parse(R"({"input_modalities":[null],"output_modalities":[{"type":"x"}]})"));

  const auto endpoint = Read<v1::ImageEndpoint>(
      R"({"pricing":[{"billable":"output_image","cost_usd":0.5},null,{"billable":"input_text","cost_usd":"free"}]})");
  ASSERT_EQ(endpoint.pricing_size(), 2);
  EXPECT_EQ(endpoint.pricing(0).cost_usd(), 0.5);
  EXPECT_FALSE(endpoint.pricing(1).has_cost_usd());
  EXPECT_EQ(Rest(endpoint), boost::json::parse(R"({"pricing":[null]})"));
}

TEST(ReadMessage, OddEntriesOfAMapAreKeptApart) {
  const auto provider = Read<v1::ProviderPreferences>(R"({"options":{"a":{"x":1},"b":5,"c":null}})");
  ASSERT_EQ(provider.options_size(), 1);
  EXPECT_EQ(FromStruct(provider.options().at("a")), boost::json::parse(R"({"x":1})"));
  EXPECT_EQ(Rest(provider), boost::json::parse(R"({"options":{"b":5,"c":null}})"));

  const auto model =
      Read<v1::ImageModel>(R"({"supported_parameters":{"seed":{"type":"boolean"},"n":null,"size":["1K"]}})");
  ASSERT_EQ(model.supported_parameters_size(), 1);
  EXPECT_TRUE(model.supported_parameters().at("seed").has_boolean());
  EXPECT_EQ(Rest(model), boost::json::parse(R"({"supported_parameters":{"n":null,"size":["1K"]}})"));
}

TEST(ReadMessage, SecondMemberOfAOneofIsKeptAside) {
  const auto provider = Read<v1::ProviderPreferences>(R"({"sort":"price","sort_config":{"by":"latency"}})");
  EXPECT_EQ(provider.sort(), "price");
  EXPECT_EQ(Rest(provider), boost::json::parse(R"({"sort_config":{"by":"latency"}})"));
}

TEST(ReadMessage, BytesAndEnumsNeverFit) {
  const auto image = Read<v1::ImageInfo>(R"({"sha256":"eHg=","media_type":"image/png"})");
  EXPECT_TRUE(image.sha256().empty());
  EXPECT_EQ(Rest(image), boost::json::parse(R"({"sha256":"eHg="})"));
  EXPECT_EQ(Read<v1::ImagesError>(R"({"kind":3})").kind(), v1::ERROR_KIND_UNSPECIFIED);
}

TEST(ReadMessage, AddsToWhatIsThere) {
  auto usage = Read<v1::ImageUsage>(R"({"a":1})");
  ReadMessage(boost::json::parse(R"({"b":2,"speed":"fast"})").as_object(), usage);
  EXPECT_EQ(Rest(usage), boost::json::parse(R"({"a":1,"b":2})"));
  EXPECT_EQ(usage.speed(), "fast");
}

TEST(ReadMessage, ModelWithCapabilities) {
  const auto model = Read<v1::ImageModel>(R"({"id":"a/b","created":1692901234,
    "supported_parameters":{"seed":{"type":"boolean"},"n":{"type":"range","min":1,"max":4}}})");
  EXPECT_EQ(model.created(), 1692901234);
  EXPECT_TRUE(model.supported_parameters().at("seed").has_boolean());
  EXPECT_EQ(model.supported_parameters().at("n").range().max(), 4);
}

TEST(WriteMessage, OnlyWhatIsSet) {
  v1::ImageSpec spec;
  EXPECT_EQ(boost::json::serialize(WriteMessage(spec)), "{}");
  spec.set_n(0);
  spec.set_user("");
  spec.set_seed(INT64_MAX);
  spec.mutable_trace();
  EXPECT_EQ(boost::json::serialize(WriteMessage(spec)),
            R"({"n":0,"seed":9223372036854775807,"user":"","trace":{}})");
}

TEST(WriteMessage, EveryShape) {
  v1::ProviderPreferences provider;
  provider.add_order("a");
  provider.add_order("é\"\\\n");
  provider.set_allow_fallbacks(false);
  provider.mutable_sort_config()->set_by("price");
  (*(*provider.mutable_options())["openai"].mutable_fields())["steps"].set_number_value(40);
  (*provider.mutable_options())["empty"];
  EXPECT_EQ(
      boost::json::value(WriteMessage(provider)),
      boost::json::parse(R"({"order":["a","é\"\\\n"],"allow_fallbacks":false,"sort_config":{"by":"price"},
                            "options":{"openai":{"steps":40},"empty":{}}})"));
}

TEST(WriteMessage, DoublesThatAreWholeAreIntegers) {
  v1::CostDetails cost;
  cost.set_upstream_inference_cost(2);
  cost.set_upstream_inference_prompt_cost(0.5);
  const boost::json::object object = WriteMessage(cost);
  EXPECT_TRUE(object.at("upstream_inference_cost").is_int64());
  EXPECT_EQ(object.at("upstream_inference_prompt_cost").as_double(), 0.5);
}

TEST(WriteMessage, AdditionalFieldsNeverReplaceAField) {
  v1::TraceConfig trace;
  trace.set_trace_id("typed");
  auto& more = *trace.mutable_additional_fields()->mutable_fields();
  more["trace_id"].set_string_value("sneaked in");
  more["tenant"].set_string_value("blue");
  EXPECT_EQ(boost::json::value(WriteMessage(trace)),
            boost::json::parse(R"({"trace_id":"typed","tenant":"blue"})"));
}

TEST(WriteMessage, UndoesReadMessage) {
  const std::string text =
      R"({"prompt_tokens":1,"cost":0.125,"cost_details":{"upstream_inference_cost":3,"x":[1]},
    "iterations":[{"type":"message","cache_creation":{"ephemeral_1h_input_tokens":2}}],"later":{"y":null}})";
  EXPECT_EQ(boost::json::value(WriteMessage(Read<v1::ImageUsage>(text))), boost::json::parse(text));
}

}  // namespace
}  // namespace openrouter_images::json
