#include "tests/unit/proto/openapi_coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "openrouter/images/v1/catalog.pb.h"
#include "openrouter/images/v1/images_service.pb.h"

namespace openrouter::images::proto {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(OpenApiCoverage, EveryPropertyOfTheUpstreamHasItsPlace) {
  if (!std::filesystem::exists(IMAGES_OPENAPI)) {
    GTEST_SKIP() << "no " << IMAGES_OPENAPI
                 << ": set the CMake cache variable IMAGES_OPENAPI to the upstream's OpenAPI"
                 << " document";
  }
  OpenApiCoverage coverage(YAML::LoadFile(IMAGES_OPENAPI));
  coverage.CheckOperations({
      {"post /images", v1::ImageSpec::descriptor(), v1::GenerateImagesResponse::descriptor()},
      {"get /images/models", v1::ListImageModelsRequest::descriptor(),
       v1::ListImageModelsResponse::descriptor()},
      {"get /images/models/{author}/{slug}/endpoints", v1::ListImageModelEndpointsRequest::descriptor(),
       v1::ListImageModelEndpointsResponse::descriptor()},
  });
  EXPECT_THAT(coverage.missing(), IsEmpty());
  EXPECT_GT(coverage.properties_seen(), 300);
}

std::vector<std::string> Missing(const std::string& schema, const google::protobuf::Descriptor* message) {
  OpenApiCoverage coverage(
      YAML::Load("components: {schemas: {Two: {type: object, properties: {x: {type: string}}}}}"));
  coverage.CheckSchema(YAML::Load(schema), message, "$");
  return coverage.missing();
}

TEST(OpenApiCoverage, NamesWhatHasNoField) {
  const auto* spec = v1::ImageSpec::descriptor();
  EXPECT_THAT(Missing("{properties: {model: {type: string}, seed: {type: [integer, 'null']}}}", spec),
              IsEmpty());
  EXPECT_THAT(Missing("{properties: {style: {type: string}}}", spec),
              ElementsAre("$.style: ImageSpec has no such field"));
  EXPECT_THAT(Missing("{allOf: [{properties: {style: {type: string}}}]}", spec),
              ElementsAre("$.style: ImageSpec has no such field"));
  EXPECT_THAT(Missing("{properties: {trace: {$ref: '#/components/schemas/Two'}}}", spec),
              ElementsAre("$.trace.x: TraceConfig has no such field"));
  EXPECT_THAT(
      Missing("{properties: {input_references: {type: array, items: {properties: {image_url: {properties: "
              "{url: {type: string}, detail: {type: string}}}}}}}}",
              spec),
      ElementsAre("$.input_references[].image_url.detail: InputReference has no such field"));
}

TEST(OpenApiCoverage, NamesWhatHasAnotherType) {
  const auto* spec = v1::ImageSpec::descriptor();
  EXPECT_THAT(Missing("{properties: {n: {type: number}}}", spec),
              ElementsAre("$.n: openrouter.images.v1.ImageSpec.n takes no number"));
  EXPECT_THAT(
      Missing("{properties: {size: {anyOf: [{type: string}, {type: array, items: {type: integer}}]}}}", spec),
      ElementsAre("$.size: openrouter.images.v1.ImageSpec.size takes no array"));
  EXPECT_THAT(Missing("{properties: {size: {type: object, properties: {w: {type: integer}}}}}", spec),
              ElementsAre("$.size: its field takes no object"));
}

TEST(OpenApiCoverage, NamesNewForms) {
  EXPECT_THAT(
      Missing("{discriminator: {propertyName: type, mapping: {enum: '#/components/schemas/Two', regex: "
              "'#/components/schemas/Two'}}}",
              v1::CapabilityDescriptor::descriptor()),
      ElementsAre("$ enum.x: EnumCapability has no such field", "$: form regex"));
}

TEST(OpenApiCoverage, NamesNewOperationsAndEvents) {
  OpenApiCoverage coverage(YAML::Load(R"({paths: {
    /images: {post: {responses: {'200': {content: {text/event-stream: {schema: {properties: {data: {anyOf: [
      {properties: {type: {enum: [image_generation.queued]}}}]}}}}, image/png: {}}}}}},
    /images/edits: {post: {}}}})"));
  coverage.CheckOperations(
      {{"post /images", v1::ImageSpec::descriptor(), v1::GenerateImagesResponse::descriptor()}});
  EXPECT_THAT(coverage.missing(),
              ElementsAre("post /images 200 stream image_generation.queued: an event that has no message",
                          "post /images 200: a reply of type image/png",
                          "post /images/edits: an operation that has no method"));
}

}  // namespace
}  // namespace openrouter::images::proto
