// However a text is cut, its verdict, bytes and error are the same; and they are what a plain reading of RFC
// 4648 gives.

#include <absl/strings/escaping.h>
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "service/upstream/codec/base64_decoder.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Outcome {
  bool good = true;
  std::uint64_t error_offset = 0;
  std::string bytes;

  bool operator==(const Outcome&) const = default;
};

Outcome Decode(std::string_view text, std::size_t longest_piece) {
  Outcome outcome;
  Base64Decoder decoder;
  outcome.good = ForEachPiece(text, longest_piece,
                              [&](std::string_view piece) { return decoder.Append(piece, outcome.bytes); }) &&
                 decoder.Finish();
  if (!outcome.good) outcome.error_offset = decoder.error_offset();
  return outcome;
}

// Padded to groups of four, nothing but the alphabet before the padding.
bool IsBase64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != kAlphabet.npos; });
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  FuzzedDataProvider input(data, size);
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 100);
  const std::string text = input.ConsumeRemainingBytesAsString();

  const upstream::Outcome whole = upstream::Decode(text, std::string::npos);
  Require(upstream::Decode(text, longest_piece) == whole, "the cut does not matter");
  Require(whole.good == upstream::IsBase64(text), "strict");
  if (whole.good) {
    std::string expected;
    Require(absl::Base64Unescape(text, &expected), "whoever is lenient takes what is strict");
    Require(whole.bytes == expected, "the bytes");
  } else {
    Require(whole.error_offset <= text.size(), "the error is in the text");
  }
  return 0;
}
