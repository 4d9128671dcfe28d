#include "client/cli/terminal/progress_line.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace openrouter_images::client::cli {
namespace {

TEST(ProgressLineTest, Text) {
  EXPECT_EQ(ElapsedText(std::chrono::milliseconds(59'999)), "59 s");
  EXPECT_EQ(ElapsedText(std::chrono::seconds(65)), "1:05 min");
  EXPECT_EQ(ProgressText("Drawing", "", std::chrono::seconds(7), 80), "⠋ Drawing  7 s");
  EXPECT_EQ(ProgressText("Drawing", "2 previews", std::chrono::seconds(7), 80), "⠋ Drawing  7 s, 2 previews");
}

TEST(ProgressLineTest, TheTimeIsKeptInANarrowTerminal) {
  const std::string subject = "Drawing with some/model";
  const auto text = [&](size_t width) {
    return ProgressText(subject, "waiting", std::chrono::seconds(65), width);
  };
  EXPECT_EQ(text(40), "⠋ Drawing with some/model  1:05 min, wai");
  EXPECT_EQ(text(29), "⠋ Drawing with som…  1:05 min");
  EXPECT_EQ(text(14), "⠋ D…  1:05 min");
  EXPECT_EQ(text(12), "⠋ 1:05 min");
  EXPECT_EQ(text(10), "⠋ 1:05 min");
  EXPECT_EQ(text(0), "");
}

}  // namespace
}  // namespace openrouter_images::client::cli
