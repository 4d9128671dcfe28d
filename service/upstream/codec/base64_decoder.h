#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace openrouter_images::upstream {

// Decodes base64 (RFC 4648, standard alphabet, padded) that arrives in pieces. The output, the result and the
// offset of an error do not depend on how the input is cut. Strict: whitespace, the URL-safe alphabet,
// missing padding and anything after the padding are errors. Unused bits of the last character are ignored,
// since some encoders leave them set.
//
// Not thread-safe; one object for one text, or Reset() between two.
//
//   Base64Decoder decoder;
//   std::string bytes;
//   const bool good = decoder.Append("aGV", bytes) && decoder.Append("sbG8=", bytes) && decoder.Finish();
class Base64Decoder {
 public:
  // Appends to `out` the bytes of every group of four characters that is now complete. False when the text is
  // not base64: `out` then holds the bytes of all groups before the faulty one, and every further call is
  // false.
  bool Append(std::string_view text, std::string& out);

  // To be called at the end of the text. False when it ends inside a group.
  bool Finish();

  // Offset of the first error, in characters from the start; valid after a function returned false.
  std::uint64_t error_offset() const { return offset_; }

  void Reset() { *this = Base64Decoder(); }

 private:
  // Decodes one group, which may be padded, to `bytes`; -1 when it is not base64, after moving offset_ to the
  // fault.
  int DecodeGroup(const char* group, char* bytes);

  std::array<char, 4> pending_{};
  std::size_t pending_size_ = 0;
  // Characters in complete, decoded groups; once failed_, the offset of the fault.
  std::uint64_t offset_ = 0;
  bool padded_ = false;
  bool failed_ = false;
};

}  // namespace openrouter_images::upstream
