#include "client/cli/terminal/progress_line.h"

#include <gtest/gtest.h>

#include <chrono>

namespace openrouter_images::client::cli {
namespace {

TEST(ProgressLineTest, Text) {
  EXPECT_EQ(ElapsedText(std::chrono::milliseconds(59'999)), "59 s");
  EXPECT_EQ(ElapsedText(std::chrono::seconds(65)), "1:05 min");
  EXPECT_EQ(ProgressText("Drawing", "", std::chrono::seconds(7), 80), "⠋ Drawing  7 s");
  EXPECT_EQ(ProgressText("Drawing", "2 previews", std::chrono::seconds(7), 80), "⠋ Drawing  7 s, 2 previews");
  EXPECT_EQ(ProgressText("Drawing", "waiting", std::chrono::milliseconds(150), 5), "⠙ Dra");
}

}  // namespace
}  // namespace openrouter_images::client::cli
