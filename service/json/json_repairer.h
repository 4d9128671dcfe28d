#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace openrouter_images::json {

// Stands in front of a strict JSON parser and turns what programs write by mistake into JSON:
// - a byte order mark at the start goes;
// - half of a surrogate pair ("\ud83d" alone, from a text that was cut inside an emoji), an escape that JSON
//   does not have, and bytes that are not UTF-8 become U+FFFD, except that "\x" becomes "\\x";
// - control characters in strings are escaped;
// - NaN, Infinity and -Infinity, which Python writes, become null;
// - an array or object nested deeper than kMaxJsonDepth becomes a string of its text.
// Everything else passes as it is, also what is no JSON for other reasons. What comes out of valid JSON means
// the same.
//
// The output does not depend on how the input is cut, holds back at most twelve bytes, and is at most seven
// times as long as the input. Not thread-safe; one object for one document.
class JsonRepairer {
 public:
  // The next piece of the document, repaired: what of it, and of what was held back, can be passed on. Valid
  // until the next call, and as long as `piece`.
  std::string_view Repair(std::string_view piece);

 private:
  enum class Escape { kNone, kBackslash, kHex };

  // Whether the next byte is one of a string's text, and nothing is held back.
  bool IsInPlainText() const;
  void Take(unsigned char c);

  // Each of the following takes the next byte. False: it is to be taken anew, in another state.
  bool TakeMark(unsigned char c);
  bool TakeCharacter(unsigned char c);
  bool TakeOutside(unsigned char c);
  bool TakeWord(unsigned char c);
  bool TakeInString(unsigned char c);
  bool TakeEscape(unsigned char c);
  bool TakeDeep(unsigned char c);

  // The first byte of a character that is not ASCII.
  void BeginCharacter(unsigned char c);
  // The four digits of an escape are complete.
  void EndUnit();
  // No low surrogate follows.
  void EndHighSurrogate();

  std::string out_;

  // Bytes of the byte order mark that were read: all, once the document has begun.
  std::size_t mark_ = 0;
  std::size_t depth_ = 0;
  bool in_string_ = false;

  // The value that is too deep: its open brackets; 0 outside of one.
  std::uint64_t deep_ = 0;
  bool deep_escaped_ = false;

  // A word that may become NaN or an infinity, and how much of it was read.
  std::string_view word_;
  std::size_t word_size_ = 0;

  // A character of several bytes, and those that it still lacks.
  std::string character_;
  int lacking_ = 0;
  unsigned char lowest_ = 0;
  unsigned char highest_ = 0;

  // An escape in a string.
  Escape escape_ = Escape::kNone;
  std::uint32_t unit_ = 0;
  int digits_ = 0;
  // A high surrogate that waits for its low one; 0: none.
  std::uint32_t high_ = 0;
};

}  // namespace openrouter_images::json
