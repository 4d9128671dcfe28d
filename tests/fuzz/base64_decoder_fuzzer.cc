// However a text is cut, its bytes and its fault are the same; they are those of a plain reading of what the
// decoder promises, and for RFC 4648's own texts those of Abseil.

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
constexpr std::string_view kWhitespace = " \t\r\n\f\v";

struct Outcome {
  std::string bytes;
  Base64Fault fault = Base64Fault::kNone;

  bool operator==(const Outcome&) const = default;
};

Outcome Decode(std::string_view text, std::size_t longest_piece) {
  Outcome outcome;
  Base64Decoder decoder;
  ForEachPiece(text, longest_piece, [&](std::string_view piece) {
    const std::size_t size_before = outcome.bytes.size();
    decoder.Append(piece, outcome.bytes);
    Require(outcome.bytes.size() - size_before <= piece.size() + Base64Decoder::kMaxHeld,
            "a step is bounded");
    return true;
  });
  outcome.fault = decoder.Finish(outcome.bytes);
  return outcome;
}

// Padded to groups of four, nothing but the alphabet before the padding.
bool IsStrict(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != kAlphabet.npos; });
}

// The bytes of a text without a prefix, bit by bit.
Outcome ReadPlainly(std::string_view text) {
  Outcome outcome;
  std::uint32_t bits = 0;
  int characters = 0;
  int padding = 0;
  bool is_padded = false;
  const auto end_group = [&] {
    bits <<= 6 * (4 - characters);
    for (int byte = 0; byte + 1 < characters; ++byte)
      outcome.bytes.push_back(static_cast<char>(bits >> (16 - 8 * byte)));
    bits = 0;
    characters = 0;
  };
  for (char c : text) {
    if (kWhitespace.find(c) != kWhitespace.npos) continue;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    const std::size_t value = kAlphabet.find(c);
    const bool is_value = value != kAlphabet.npos;
    const bool may_pad = c == '=' && characters >= 2;
    if (is_padded || (!is_value && !may_pad) || (is_value && padding > 0))
      outcome.fault = Base64Fault::kSkipped;
    if (is_padded) continue;
    if (is_value) {
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      padding = 0;
      if (++characters == 4) end_group();
    } else if (may_pad && characters + ++padding == 4) {
      is_padded = true;
      padding = 0;
      end_group();
    }
  }
  if (characters == 1 || padding > 0) outcome.fault = Base64Fault::kSkipped;
  end_group();
  return outcome;
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
  if (upstream::IsStrict(text)) {
    std::string expected;
    Require(absl::Base64Unescape(text, &expected), "Abseil takes what is strict");
    Require(whole.bytes == expected && whole.fault == upstream::Base64Fault::kNone, "strict base64");
  }
  if (whole.fault == upstream::Base64Fault::kNotBase64) {
    Require(whole.bytes == text, "what is not base64 comes as it is");
    return 0;
  }
  // With a prefix, what follows its comma.
  const std::size_t colon = text.find(':');
  const bool is_data_url =
      colon < 8 + text.find_first_not_of(upstream::kWhitespace) && colon < text.find(',');
  const std::string_view base64 = is_data_url ? std::string_view(text).substr(text.find(',') + 1) : text;
  Require(whole == upstream::ReadPlainly(base64), "the bytes");
  return 0;
}
