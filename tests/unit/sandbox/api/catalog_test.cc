#include "service/sandbox/api/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

namespace openrouter_images::sandbox {
namespace {

using ::testing::IsSupersetOf;

TEST(Catalog, ShowsEverythingThatAClientMustUnderstand) {
  std::set<std::string> billables, units, modalities;
  int values = 0, ranges = 0, flags = 0, variants = 0, untagged = 0, several = 0, streaming = 0,
      passthrough = 0;
  for (const Model& model : Catalog()) {
    several += model.endpoints.size() > 1;
    for (const auto* list : {&model.input_modalities, &model.output_modalities})
      modalities.insert(list->begin(), list->end());
    for (const Endpoint& endpoint : model.endpoints) {
      untagged += !endpoint.provider_tag;
      streaming += endpoint.streams;
      passthrough += !endpoint.passthrough.empty();
      for (const Price& price : endpoint.pricing) {
        billables.insert(price.billable);
        units.insert(price.unit);
        variants += !price.variant.empty();
        EXPECT_GT(price.cost_usd, 0) << model.id;
      }
      for (const auto& [name, capability] : endpoint.parameters) {
        values += std::holds_alternative<Values>(capability);
        ranges += std::holds_alternative<Range>(capability);
        flags += std::holds_alternative<Flag>(capability);
      }
    }
  }
  EXPECT_THAT(billables, ::testing::UnorderedElementsAre("output_image", "input_image", "input_font",
                                                         "input_reference", "input_text"));
  EXPECT_THAT(units, ::testing::UnorderedElementsAre("request", "image", "megapixel", "token"));
  EXPECT_THAT(modalities, IsSupersetOf({"text", "image", "file"}));
  for (int count : {values, ranges, flags, variants, untagged, several, streaming, passthrough})
    EXPECT_GT(count, 0);
  EXPECT_GE(Catalog().size(), 13u);
}

TEST(ModelsJson, HasEveryRequiredMemberAndNoRetiredModel) {
  const auto models = ModelsJson();
  std::set<std::string> ids;
  for (const auto& value : models.at("data").as_array()) {
    const auto& model = value.as_object();
    ids.insert(model.at("id").as_string().c_str());
    for (const char* member : {"id", "name", "description", "created", "architecture", "supported_parameters",
                               "supports_streaming", "endpoints"}) {
      EXPECT_TRUE(model.contains(member)) << member;
    }
    EXPECT_EQ(model.at("endpoints").as_string(),
              "/api/v1/images/models/" + std::string(model.at("id").as_string()) + "/endpoints");
  }
  EXPECT_EQ(ids.count("openai/dall-e-3"), 0u);
  EXPECT_NE(FindModel("openai/dall-e-3"), nullptr);
  EXPECT_GE(ids.size(), 12u);
}

TEST(ModelsJson, SupportedParametersAreTheUnionOfTheEndpoints) {
  const auto models = ModelsJson();
  for (const auto& value : models.at("data").as_array()) {
    if (value.at("id").as_string() != "openai/gpt-image-1") continue;
    const auto& quality = value.at("supported_parameters").at("quality").at("values").as_array();
    EXPECT_EQ(quality.size(), 4u);
    EXPECT_EQ(value.at("supported_parameters").at("n").at("max").as_int64(), 10);
    EXPECT_TRUE(value.at("supports_streaming").as_bool());
    return;
  }
  FAIL() << "the model is not listed";
}

TEST(EndpointsJson, HasEveryRequiredMember) {
  const auto json = EndpointsJson(*FindModel("openai/gpt-image-1"));
  const auto& endpoints = json.at("endpoints").as_array();
  ASSERT_EQ(endpoints.size(), 2u);
  for (const auto& endpoint : endpoints) {
    for (const char* member : {"provider_name", "provider_slug", "provider_tag", "supported_parameters",
                               "allowed_passthrough_parameters", "supports_streaming", "pricing"}) {
      EXPECT_TRUE(endpoint.as_object().contains(member)) << member;
    }
  }
  EXPECT_TRUE(endpoints[1].at("provider_tag").is_null());
}

}  // namespace
}  // namespace openrouter_images::sandbox
