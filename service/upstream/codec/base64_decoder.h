#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace openrouter_images::upstream {

// What is wrong with a text that should be base64.
enum class Base64Fault {
  kNone,
  // Something was left out that is not base64, so the bytes may be damaged: a character outside the alphabets
  // that is not whitespace, padding in a wrong place, a lone last character, text after the padding.
  kSkipped,
  // The text is not base64 at all: the bytes are the text itself.
  kNotBase64,
};

// Decodes base64 (RFC 4648) that arrives in pieces. Never fails: an image that was paid for is worth more
// than the form of its text. Output and fault do not depend on how the input is cut.
//
// - Takes the standard and the URL-safe alphabet, also mixed, with or without padding.
// - Ignores whitespace, and the unused bits of the last character, which some encoders leave set.
// - Skips a prefix "data:...;base64,".
// - Skips all other characters. Padding that completes a group ends the text, as Node's Buffer.from and
//   Python's b64decode have it; what follows is skipped.
// - A text with another character among its first eight (whitespace not counted), or a data URL that is not
//   base64, is handed out as it is: "<svg ...", "https://...", "{...".
//
// Not thread-safe; one object for one text, or Reset() between two.
//
//   Base64Decoder decoder;
//   std::string bytes;
//   decoder.Append("aGV", bytes);
//   decoder.Append("sbG8=", bytes);
//   const Base64Fault fault = decoder.Finish(bytes);
class Base64Decoder {
 public:
  // Characters that are held at most before it is clear what the text is. Append and Finish add at most so
  // many bytes to `out` beyond those of their own text.
  static constexpr std::size_t kMaxHeld = 256;

  // Appends to `out` the bytes that are now complete.
  void Append(std::string_view text, std::string& out);

  // To be called once, at the end of the text. Appends the last bytes to `out`.
  Base64Fault Finish(std::string& out);

  void Reset() { *this = Base64Decoder(); }

 private:
  enum class State { kStart, kBase64, kPadded, kNotBase64 };

  // Decides what the text is, if its start shows that; `ended`: nothing follows it.
  void Judge(bool ended, std::string& out);
  void Decode(std::string_view text, std::string& out);
  // Takes one character that is not part of a plain group. Returns the number of bytes written.
  std::size_t Take(char c, char* bytes);
  // Decodes the characters of an incomplete group.
  std::size_t TakeRest(char* bytes);

  State state_ = State::kStart;
  bool skipped_ = false;
  // The text so far, in kStart.
  std::string start_;
  // The characters of the current group, and its padding.
  std::array<char, 4> group_{};
  std::size_t group_size_ = 0;
  std::size_t padding_ = 0;
};

}  // namespace openrouter_images::upstream
