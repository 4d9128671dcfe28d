#include "client/cli/report/table.h"

#include <gtest/gtest.h>

#include <string>

#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

TEST(TableTest, ColumnsAndWrapping) {
  Table table({"ID", "PARAMETERS"});
  table.AddRow({"some/model", "n 1–10, resolution 1K|2K|4K, seed, quality low|high"});
  table.AddRow({"other", ""});
  EXPECT_EQ(table.Render(0),
            "ID          PARAMETERS\n"
            "some/model  n 1–10, resolution 1K|2K|4K, seed, quality low|high\n"
            "other\n");
  EXPECT_EQ(table.Render(42),
            "ID          PARAMETERS\n"
            "some/model  n 1–10, resolution 1K|2K|4K,\n"
            "            seed, quality low|high\n"
            "other\n");
  EXPECT_EQ(table.Render(36),
            "some/model\n"
            "  PARAMETERS  n 1–10,\n"
            "              resolution 1K|2K|4K,\n"
            "              seed, quality low|high\n"
            "other\n");
}

TEST(TableTest, WrappedLinesFitAndLoseNothing) {
  const std::string text =
      "aspect_ratio 1:1|1:2|2:1|2:3|3:2, n 1–10, anEndlessWordWithoutAnyPlaceToBreak, seed";
  for (BreakAt break_at : {BreakAt::kItems, BreakAt::kWords}) {
    for (size_t width = 1; width < 90; ++width) {
      std::string joined;
      for (const std::string& line : Wrap(text, width, break_at)) {
        EXPECT_LE(DisplayWidth(line), width);
        joined += line;
      }
      std::string expected = text;
      std::erase(expected, ' ');
      std::erase(joined, ' ');
      EXPECT_EQ(joined, expected) << width;
    }
  }
}

}  // namespace
}  // namespace openrouter_images::client::cli
