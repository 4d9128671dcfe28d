#include "client/cli/commands/suggestion.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace openrouter_images::client::cli {
namespace {

TEST(SuggestionTest, Closest) {
  const std::vector<std::string> words = {"generate", "models", "endpoints", "health", "output", "n"};
  const struct {
    const char* word;
    const char* closest;
  } rows[] = {
      {"modells", "models"},
      {"genrate", "generate"},
      {"genreate", "generate"},
      {"out", "output"},
      {"helath", "health"},
      {"model", "models"},
      {"draw", ""},
      {"m", ""},
      {"mo", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(Closest(row.word, words), row.closest) << row.word;
}

}  // namespace
}  // namespace openrouter_images::client::cli
