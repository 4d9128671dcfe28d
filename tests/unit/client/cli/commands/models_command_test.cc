#include "client/cli/commands/models_command.h"

#include <gtest/gtest.h>

namespace openrouter_images::client::cli {
namespace {

TEST(ModelsCommandTest, FilterKeepsIdAndName) {
  v1::ListImageModelsResponse models;
  models.add_models()->set_id("openai/gpt-image");
  models.add_models()->set_name("Seedream GPT");
  models.add_models()->set_id("other");
  EXPECT_EQ(FilterModels(models, "gPt").models_size(), 2);
  EXPECT_EQ(FilterModels(models, "").models_size(), 3);
  EXPECT_EQ(FilterModels(models, "none").models_size(), 0);
}

}  // namespace
}  // namespace openrouter_images::client::cli
