#include "client/cli/terminal/terminal_graphics.h"

#include <gtest/gtest.h>

namespace openrouter_images::client::cli {
namespace {

TEST(TerminalGraphicsTest, Choice) {
  struct Row {
    const char* name;
    TerminalEnvironment environment;
    Graphics graphics;
  };
  const Row rows[] = {
      {"nothing known", {}, Graphics::kNone},
      {"dumb", {.term = "dumb", .colorterm = "truecolor"}, Graphics::kNone},
      {"no colour wanted",
       {.term = "xterm-kitty", .colorterm = "truecolor", .no_color = "1"},
       Graphics::kNone},
      {"eight colours", {.term = "xterm"}, Graphics::kNone},
      {"linux console", {.term = "linux"}, Graphics::kNone},
      {"256 colours", {.term = "xterm-256color"}, Graphics::kHalfBlocks256},
      {"truecolor", {.term = "xterm-256color", .colorterm = "truecolor"}, Graphics::kHalfBlocksTrueColor},
      {"24bit", {.term = "xterm-256color", .colorterm = "24bit"}, Graphics::kHalfBlocksTrueColor},
      {"direct", {.term = "xterm-direct"}, Graphics::kHalfBlocksTrueColor},
      {"kitty by TERM", {.term = "xterm-kitty"}, Graphics::kKitty},
      {"kitty by window", {.term = "xterm-256color", .kitty_window_id = "1"}, Graphics::kKitty},
      {"WezTerm", {.term = "xterm-256color", .term_program = "WezTerm"}, Graphics::kKitty},
      {"ghostty", {.term = "xterm-ghostty"}, Graphics::kKitty},
      {"ghostty by program", {.term = "xterm-256color", .term_program = "ghostty"}, Graphics::kKitty},
      {"foot", {.term = "foot"}, Graphics::kSixel},
      {"mlterm", {.term = "mlterm"}, Graphics::kSixel},
      {"xterm with sixels", {.term = "xterm-sixel"}, Graphics::kSixel},
      {"tmux in kitty",
       {.term = "tmux-256color", .colorterm = "truecolor", .kitty_window_id = "1", .tmux = "/tmp/x"},
       Graphics::kHalfBlocksTrueColor},
      {"screen in kitty", {.term = "screen-256color", .kitty_window_id = "1"}, Graphics::kHalfBlocks256},
  };
  for (const Row& row : rows) EXPECT_EQ(ChooseGraphics(row.environment), row.graphics) << row.name;
}

}  // namespace
}  // namespace openrouter_images::client::cli
