#include "tests/unit/proto/upstream_coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::proto {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(UpstreamCoverage, EveryPropertyOfTheUpstreamHasItsPlace) {
  std::ifstream file(UPSTREAM_FIELDS);
  const std::string table(std::istreambuf_iterator<char>(file), {});
  EXPECT_GT(std::ranges::count(table, '\n'), 200);
  const std::string endpoints = "get /images/models/{author}/{slug}/endpoints";
  EXPECT_THAT(
      FindUncovered(table, {{"request post /images", v1::ImageSpec::descriptor()},
                            {"reply post /images", v1::GenerateImagesResponse::descriptor()},
                            {"event image_generation.partial_image", v1::ImageChunk::descriptor()},
                            {"event image_generation.text_chunk", v1::TextChunk::descriptor()},
                            {"event image_generation.completed", v1::GenerationCompleted::descriptor()},
                            {"request get /images/models", v1::ListImageModelsRequest::descriptor()},
                            {"reply get /images/models", v1::ListImageModelsResponse::descriptor()},
                            {"request " + endpoints, v1::ListImageModelEndpointsRequest::descriptor()},
                            {"reply " + endpoints, v1::ListImageModelEndpointsResponse::descriptor()},
                            {"error", v1::UpstreamError::descriptor()}}),
      IsEmpty());
}

std::vector<std::string> Uncovered(const std::string& lines, const google::protobuf::Descriptor* message) {
  return FindUncovered("[$]\n" + lines, {{"$", message}});
}

TEST(UpstreamCoverage, NamesWhatHasNoField) {
  const auto* spec = v1::ImageSpec::descriptor();
  EXPECT_THAT(Uncovered("model string required\nseed integer\n# a comment\n", spec), IsEmpty());
  EXPECT_THAT(Uncovered("style string", spec), ElementsAre("$: style: ImageSpec has no field style"));
  EXPECT_THAT(Uncovered("trace.x string", spec), ElementsAre("$: trace.x: TraceConfig has no field x"));
  EXPECT_THAT(Uncovered("input_references[].image_url.detail string", spec),
              ElementsAre("$: input_references[].image_url.detail: InputReference has no field detail"));
  EXPECT_THAT(Uncovered("provider.sort.then string", spec),
              ElementsAre("$: provider.sort.then: ProviderSortConfig has no field then"));
  EXPECT_THAT(Uncovered("provider.sort.* any", spec), IsEmpty());
  EXPECT_THAT(Uncovered("supported_parameters.*<enum>.* any", v1::ImageModel::descriptor()),
              ElementsAre("$: supported_parameters.*<enum>.*: EnumCapability has no additional_fields"));
}

TEST(UpstreamCoverage, NamesWhatHasAnotherType) {
  const auto* spec = v1::ImageSpec::descriptor();
  EXPECT_THAT(Uncovered("n number", spec),
              ElementsAre("$: n: openrouter_images.v1.ImageSpec.n takes no number"));
  EXPECT_THAT(Uncovered("size string|array", spec),
              ElementsAre("$: size: openrouter_images.v1.ImageSpec.size takes no array"));
  EXPECT_THAT(Uncovered("size[] integer", spec), ElementsAre("$: size[]: is no list"));
  EXPECT_THAT(Uncovered("size.width integer", spec),
              ElementsAre("$: size.width: openrouter_images.v1.ImageSpec.size holds no properties"));
  EXPECT_THAT(Uncovered("provider.only string", spec),
              ElementsAre("$: provider.only: openrouter_images.v1.ProviderPreferences.only takes no string"));
  EXPECT_THAT(
      Uncovered("provider.only[] integer", spec),
      ElementsAre("$: provider.only[]: openrouter_images.v1.ProviderPreferences.only takes no integer"));
}

TEST(UpstreamCoverage, NamesWhatTheContractDoesNotRequire) {
  EXPECT_THAT(Uncovered("size string required", v1::ImageSpec::descriptor()),
              ElementsAre("$: size: openrouter_images.v1.ImageSpec.size is not required"));
}

TEST(UpstreamCoverage, NamesNewForms) {
  EXPECT_THAT(
      Uncovered("supported_parameters.*<enum>.x string\nsupported_parameters.*<regex>.pattern string",
                v1::ImageModel::descriptor()),
      ElementsAre("$: supported_parameters.*<enum>.x: EnumCapability has no field x",
                  "$: supported_parameters.*<regex>.pattern: CapabilityDescriptor has no field regex"));
}

TEST(UpstreamCoverage, NamesNewSections) {
  EXPECT_THAT(FindUncovered("[event image_generation.queued]\nposition integer\n", {}),
              ElementsAre("event image_generation.queued: has no message"));
}

}  // namespace
}  // namespace openrouter_images::proto
