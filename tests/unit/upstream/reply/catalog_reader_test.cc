#include "service/upstream/reply/catalog_reader.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "service/json/json_struct.h"

namespace openrouter_images::upstream {
namespace {

TEST(ReadModels, ReadsModelsInOrder) {
  const auto response = ReadModels(R"({"data":[
    {"id":"bytedance-seed/seedream-4.5","name":"Seedream 4.5","description":"A model.","created":1692901234,
     "architecture":{"input_modalities":["text","image"],"output_modalities":["image"],"tokenizer":"x"},
     "supported_parameters":{"resolution":{"type":"enum","values":["1K","2K"]},"n":{"type":"range","min":1,"max":4},
                             "later":{"type":"regex","pattern":"a"}},
     "supports_streaming":false,"endpoints":"/api/v1/images/models/bytedance-seed/seedream-4.5/endpoints",
     "context":{"a":[1]}},
    {"id":"b/c"}],"models":[1],"call":{"attempts":3},"next":null})");
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->models_size(), 2);
  const v1::ImageModel& model = response->models(0);
  EXPECT_EQ(model.id(), "bytedance-seed/seedream-4.5");
  EXPECT_EQ(model.created(), 1692901234);
  EXPECT_EQ(model.architecture().input_modalities(1), "image");
  EXPECT_EQ(json::FromStruct(model.architecture().additional_fields()),
            boost::json::parse(R"({"tokenizer":"x"})"));
  EXPECT_EQ(model.supported_parameters().at("resolution").enum_().values(1), "2K");
  EXPECT_EQ(model.supported_parameters().at("n").range().max(), 4);
  EXPECT_EQ(json::FromStruct(model.supported_parameters().at("later").additional_fields()),
            boost::json::parse(R"({"type":"regex","pattern":"a"})"));
  EXPECT_TRUE(model.has_supports_streaming());
  EXPECT_EQ(json::FromStruct(model.additional_fields()), boost::json::parse(R"({"context":{"a":[1]}})"));
  EXPECT_EQ(response->models(1).id(), "b/c");
  EXPECT_FALSE(response->has_call());
  EXPECT_EQ(json::FromStruct(response->additional_fields()),
            boost::json::parse(R"({"models":[1],"call":{"attempts":3},"next":null})"));
}

TEST(ReadEndpoints, ReadsEndpoints) {
  const auto response = ReadEndpoints(R"({"id":"a/b","endpoints":[
    {"provider_name":"X","provider_slug":"x","provider_tag":null,"allowed_passthrough_parameters":["steps"],
     "pricing":[{"billable":"output_image","unit":"image","cost_usd":0.05,"variant":"4K","tier":2}],
     "supported_parameters":{"seed":{"type":"boolean"}},"supports_streaming":true}],"note":"n"})");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->id(), "a/b");
  ASSERT_EQ(response->endpoints_size(), 1);
  const v1::ImageEndpoint& endpoint = response->endpoints(0);
  EXPECT_EQ(endpoint.provider_slug(), "x");
  EXPECT_FALSE(endpoint.has_provider_tag());
  EXPECT_EQ(endpoint.allowed_passthrough_parameters(0), "steps");
  EXPECT_EQ(endpoint.pricing(0).cost_usd(), 0.05);
  EXPECT_EQ(endpoint.pricing(0).variant(), "4K");
  EXPECT_EQ(json::FromStruct(endpoint.pricing(0).additional_fields()), boost::json::parse(R"({"tier":2})"));
  EXPECT_TRUE(endpoint.supported_parameters().at("seed").has_boolean());
  EXPECT_EQ(json::FromStruct(response->additional_fields()), boost::json::parse(R"({"note":"n"})"));
}

TEST(Catalog, EntriesThatAreNoObjectsAreKeptApart) {
  const auto models = ReadModels(R"({"data":[null,{"id":"a/b"},"c/d",{"id":null},[1]]})");
  ASSERT_TRUE(models.ok()) << models.status();
  ASSERT_EQ(models->models_size(), 2);
  EXPECT_EQ(models->models(0).id(), "a/b");
  EXPECT_FALSE(models->models(1).has_id());
  ASSERT_EQ(models->unreadable_models_size(), 3);
  EXPECT_TRUE(models->unreadable_models(0).has_null_value());
  EXPECT_EQ(models->unreadable_models(1).string_value(), "c/d");
  EXPECT_EQ(models->unreadable_models(2).list_value().values_size(), 1);
  EXPECT_FALSE(models->has_additional_fields());

  const auto endpoints = ReadEndpoints(R"({"id":"a/b","endpoints":[{"provider_slug":"x"},null]})");
  ASSERT_TRUE(endpoints.ok()) << endpoints.status();
  EXPECT_EQ(endpoints->endpoints_size(), 1);
  ASSERT_EQ(endpoints->unreadable_endpoints_size(), 1);
  EXPECT_TRUE(endpoints->unreadable_endpoints(0).has_null_value());
}

TEST(Catalog, IsReadThoughItIsNearlyJson) {
  const auto models = ReadModels(
      "\xEF\xBB\xBF{\"data\":[{\"id\":\"a/b\",\"name\":\"\\ud83d\",\"created\":NaN}]}<!-- cached -->");
  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_EQ(models->models(0).name(), "\xEF\xBF\xBD");
  EXPECT_FALSE(models->models(0).has_created());
}

TEST(Catalog, AnEmptyListIsAList) {
  EXPECT_EQ(ReadModels(R"({"data":[]})")->models_size(), 0);
  EXPECT_EQ(ReadEndpoints(R"({"endpoints":[]})")->endpoints_size(), 0);
}

TEST(Catalog, SaysWhatIsWrongAndQuotesNothing) {
  struct Row {
    const char* body;
    const char* says;
  };
  for (const Row& row :
       {Row{"", "not JSON"}, Row{"<html>secret</html>", "not JSON"}, Row{R"({"data":[)", "not JSON"},
        Row{R"(["secret"])", "not an object"}, Row{R"({"secret":1})", "no \"data\""},
        Row{R"({"data":"secret"})", "not an array"}, Row{R"({"data":null})", "not an array"}}) {
    const auto response = ReadModels(row.body);
    ASSERT_FALSE(response.ok()) << row.body;
    const std::string message(response.status().message());
    EXPECT_NE(message.find(row.says), std::string::npos) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
  }
  EXPECT_FALSE(ReadEndpoints(R"({"data":[]})").ok());
  EXPECT_FALSE(ReadModels(std::string(100000, '[')).ok());
}

}  // namespace
}  // namespace openrouter_images::upstream
