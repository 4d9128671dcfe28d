#include "client/cli/terminal/terminal_graphics.h"

#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace openrouter_images::client::cli {
namespace {

bool HasAny(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Graphics HalfBlocksOf(const TerminalEnvironment& environment) {
  if (environment.colorterm == "truecolor" || environment.colorterm == "24bit" ||
      HasAny(environment.term, {"direct", "truecolor"})) {
    return Graphics::kHalfBlocksTrueColor;
  }
  return HasAny(environment.term, {"256color"}) ? Graphics::kHalfBlocks256 : Graphics::kNone;
}

}  // namespace

bool UnderstandsEscapes(const TerminalEnvironment& environment) {
  return !environment.term.empty() && environment.term != "dumb";
}

Graphics ChooseGraphics(const TerminalEnvironment& environment) {
  const std::string_view term = environment.term;
  if (!environment.no_color.empty() || !UnderstandsEscapes(environment)) return Graphics::kNone;
  // Multiplexers keep the variables of the terminal around them, and let none of its graphics through.
  if (!environment.tmux.empty() || term.starts_with("tmux") || term.starts_with("screen")) {
    return HalfBlocksOf(environment);
  }
  if (!environment.kitty_window_id.empty() || HasAny(term, {"kitty", "ghostty"}) ||
      environment.term_program == "WezTerm" || environment.term_program == "ghostty") {
    return Graphics::kKitty;
  }
  if (HasAny(term, {"sixel", "mlterm", "foot"})) return Graphics::kSixel;
  return HalfBlocksOf(environment);
}

TerminalEnvironment ReadTerminalEnvironment() {
  return {Variable("TERM"), Variable("TERM_PROGRAM"), Variable("COLORTERM"), Variable("KITTY_WINDOW_ID"),
          Variable("TMUX"), Variable("NO_COLOR")};
}

}  // namespace openrouter_images::client::cli
