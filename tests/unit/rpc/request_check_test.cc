#include "service/rpc/request_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/retry/retry_options.h"

namespace openrouter_images::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckRules Rules() {
  return {.allowed_headers = {"X-Team"},
          .generate_retry = retry::DefaultGenerateRetries(),
          .catalog_retry = retry::DefaultCatalogRetries()};
}

template <typename Request>
std::vector<std::string> Fields(const Request& request) {
  std::vector<std::string> fields;
  for (const auto& violation : Check(request, Rules()).violations) fields.push_back(violation.field);
  return fields;
}

v1::GenerateImagesRequest Valid() {
  v1::GenerateImagesRequest request;
  request.mutable_image()->set_model("a/b");
  request.mutable_image()->set_prompt("p");
  return request;
}

TEST(RequestCheckTest, PassesWhatIsValid) {
  EXPECT_THAT(Fields(Valid()), IsEmpty());
  EXPECT_THAT(Fields(v1::ListImageModelsRequest()), IsEmpty());
}

TEST(RequestCheckTest, NeedsAnImage) {
  EXPECT_THAT(Fields(v1::GenerateImagesRequest()), ElementsAre("image.model", "image.prompt"));
}

TEST(RequestCheckTest, NeedsAModelForItsEndpoints) {
  EXPECT_THAT(Fields(v1::ListImageModelEndpointsRequest()), ElementsAre("model"));
}

// The operator's max_interval is 60 s.
TEST(RequestCheckTest, ChecksRetryOptionsOnTopOfTheOperatorsOwn) {
  v1::GenerateImagesRequest request = Valid();
  request.mutable_options()->mutable_retry()->mutable_initial_interval()->set_seconds(61);
  EXPECT_THAT(Fields(request), ElementsAre("options.retry.max_interval"));
  request.mutable_options()->mutable_retry()->mutable_max_interval()->set_seconds(62);
  EXPECT_THAT(Fields(request), IsEmpty());
}

TEST(RequestCheckTest, ACallUsesTheOperatorsRetryOptionsWithItsOwnOnTop) {
  v1::GenerateImagesRequest request = Valid();
  request.mutable_options()->mutable_retry()->set_max_attempts(7);
  const v1::RetryOptions retry = Check(request, Rules()).retry;
  EXPECT_EQ(retry.max_attempts(), 7);
  EXPECT_EQ(retry.exponent(), Rules().generate_retry.exponent());
  EXPECT_EQ(Check(v1::ListImageModelsRequest(), Rules()).retry.max_attempts(),
            Rules().catalog_retry.max_attempts());
}

TEST(RequestCheckTest, ReportsAllAtOnce) {
  v1::GenerateImagesRequest request = Valid();
  request.mutable_image()->set_n(0);
  request.mutable_options()->mutable_retry()->set_max_attempts(11);
  (*request.mutable_options()->mutable_headers())["x-other"] = "1";
  EXPECT_EQ(Fields(request).size(), 3U);
}

}  // namespace
}  // namespace openrouter_images::rpc
