#include "client/cli/terminal/terminal.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace openrouter_images::client::cli {
namespace {

TEST(TerminalTest, TextIsMadeSafe) {
  const std::pair<std::string, std::string> rows[] = {
      {"plain – Ünïcode 猫", "plain – Ünïcode 猫"},
      {"\x1b[31mred", "\uFFFD[31mred"},
      {"two\nlines\tand\rmore", "two lines and\uFFFDmore"},
      {"right\u202Eleft", "right\uFFFDleft"},
      {"\xC2\x9B", "\uFFFD"},
      {"bad\xFF\xC3(", "bad\uFFFD\uFFFD("},
      {"\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
      {"cut\xE2\x82", "cut\uFFFD\uFFFD"},
  };
  for (const auto& [text, safe] : rows) EXPECT_EQ(Printable(text), safe);
  EXPECT_EQ(DisplayWidth("n 1–10"), 6U);
  EXPECT_EQ(CutToWidth("1–10", 2), "1–");
  EXPECT_EQ(CutToWidth("abc", 9), "abc");
}

TEST(TerminalTest, InvalidUtf8IsFound) {
  EXPECT_EQ(FirstInvalidUtf8(""), std::nullopt);
  EXPECT_EQ(FirstInvalidUtf8("Ünïcode 猫 \U0001F98A"), std::nullopt);
  EXPECT_EQ(FirstInvalidUtf8("caf\xE9"), 3U);
  EXPECT_EQ(FirstInvalidUtf8("a\xED\xA0\xBD"), 1U);  // a surrogate
  EXPECT_EQ(FirstInvalidUtf8("cut\xE2\x82"), 3U);
}

}  // namespace
}  // namespace openrouter_images::client::cli
