#pragma once

#include <string>

namespace openrouter_images::client::cli {

// How a terminal can show an image.
enum class Graphics {
  kNone,
  kKitty,                // kitty's graphics protocol
  kSixel,                // DEC's sixels
  kHalfBlocksTrueColor,  // characters in 24-bit colours
  kHalfBlocks256,        // characters in the 256 colours of xterm
};

// Environment variables; empty when not set.
struct TerminalEnvironment {
  std::string term = {};             // TERM
  std::string term_program = {};     // TERM_PROGRAM
  std::string colorterm = {};        // COLORTERM
  std::string kitty_window_id = {};  // KITTY_WINDOW_ID
  std::string tmux = {};             // TMUX
  std::string no_color = {};         // NO_COLOR
};

// Whether the terminal understands escape sequences: not without a name, and not "dumb".
bool UnderstandsEscapes(const TerminalEnvironment& environment);

// What the terminal is known to show, judged by its names alone: it is asked nothing. Terminals that are not
// known get what their colours allow. kNone when NO_COLOR is set, and for terminals without names or colours.
Graphics ChooseGraphics(const TerminalEnvironment& environment);

// Of this process.
TerminalEnvironment ReadTerminalEnvironment();

}  // namespace openrouter_images::client::cli
