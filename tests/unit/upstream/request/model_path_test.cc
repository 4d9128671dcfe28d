#include "service/upstream/request/model_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::upstream {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

limits::Violations PathFaults(const std::string& model) {
  limits::Violations violations;
  CheckModelPath(model, "model", violations);
  return violations;
}

TEST(ModelPath, AuthorAndSlugAreOneSegmentEach) {
  EXPECT_EQ(EndpointsPath("openai/gpt-5"), "/images/models/openai/gpt-5/endpoints");
  EXPECT_EQ(EndpointsPath("a/b.5:free"), "/images/models/a/b.5%3Afree/endpoints");
  EXPECT_EQ(EndpointsPath("openai/gpt-4@preset/x"), "/images/models/openai/gpt-4%40preset%2Fx/endpoints");
  EXPECT_EQ(EndpointsPath("a b/caf\xC3\xA9?#%"), "/images/models/a%20b/caf%C3%A9%3F%23%25/endpoints");
}

TEST(ModelPath, AnyTextWithAnAuthorPasses) {
  for (const char* model : {"a/b", "a/b/c", "~a/b c", "a/@preset/x", "a/..b", "a/b.", ""}) {
    EXPECT_THAT(PathFaults(model), IsEmpty()) << model;
  }
}

TEST(ModelPath, NeedsAnAuthorAndASlug) {
  for (const char* model : {"gpt", "/gpt", "openai/", "/", "@preset"}) {
    const limits::Violations violations = PathFaults(model);
    ASSERT_THAT(violations, SizeIs(1)) << model;
    EXPECT_EQ(violations[0].field, "model");
    EXPECT_EQ(violations[0].description,
              "must be of the form author/slug: the endpoints of other names cannot be listed");
  }
}

// A proxy may decode "%2F" and "%2E" before it resolves them.
TEST(ModelPath, CannotLeaveItsFolder) {
  for (const char* model : {"../keys", "./a", "a/..", "a/.", "a/../../keys", "a/b/.."}) {
    const limits::Violations violations = PathFaults(model);
    ASSERT_THAT(violations, SizeIs(1)) << model;
    EXPECT_EQ(violations[0].description, "must not have . or .. between slashes");
  }
}

}  // namespace
}  // namespace openrouter_images::upstream
