#include "service/rpc/caller_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::rpc {
namespace {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

std::vector<std::string> Violations(const Metadata& metadata) {
  limits::Violations violations;
  CallerKey(metadata, violations);
  std::vector<std::string> lines;
  for (const auto& [field, description] : violations) lines.push_back(field + ": " + description);
  return lines;
}

TEST(CallerKeyTest, IsThatOfTheMetadata) {
  limits::Violations violations;
  EXPECT_EQ(CallerKey({}, violations), "");
  EXPECT_EQ(CallerKey({{"user-agent", "x"}, {"openrouter-api-key", "sk-or-1"}}, violations), "sk-or-1");
  EXPECT_EQ(CallerKey({{"openrouter-api-key", std::string(512, 'k')}}, violations).size(), 512U);
  EXPECT_TRUE(violations.empty());
}

TEST(CallerKeyTest, RefusesWhatCannotBeAKey) {
  EXPECT_THAT(Violations({{"openrouter-api-key", ""}}),
              ::testing::ElementsAre("openrouter-api-key: is empty"));
  EXPECT_THAT(
      Violations({{"openrouter-api-key", "sk or"}}),
      ::testing::ElementsAre("openrouter-api-key: holds something else than printable ASCII without spaces"));
  const std::string long_key(513, 'k');
  EXPECT_THAT(Violations({{"openrouter-api-key", long_key}}),
              ::testing::ElementsAre("openrouter-api-key: is longer than 512 bytes"));
  EXPECT_THAT(Violations({{"openrouter-api-key", "sk-or-1"}, {"openrouter-api-key", "sk-or-1"}}),
              ::testing::ElementsAre("openrouter-api-key: is given more than once"));
}

}  // namespace
}  // namespace openrouter_images::rpc
