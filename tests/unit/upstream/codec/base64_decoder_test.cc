#include "service/upstream/codec/base64_decoder.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace openrouter_images::upstream {
namespace {

using namespace std::string_literals;

struct Decoded {
  std::string bytes;
  Base64Fault fault = Base64Fault::kNone;

  bool operator==(const Decoded&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Decoded& decoded) {
  return out << "\"" << absl::CHexEscape(decoded.bytes) << "\", fault " << static_cast<int>(decoded.fault);
}

Decoded Decode(const std::vector<std::string_view>& pieces) {
  Base64Decoder decoder;
  Decoded decoded;
  for (const std::string_view piece : pieces) {
    const std::size_t size_before = decoded.bytes.size();
    decoder.Append(piece, decoded.bytes);
    EXPECT_LE(decoded.bytes.size() - size_before, piece.size() + Base64Decoder::kMaxHeld);
  }
  decoded.fault = decoder.Finish(decoded.bytes);
  return decoded;
}

// After checking that neither two nor three pieces, nor single characters, change it.
Decoded DecodeEverySplit(std::string_view text) {
  const Decoded whole = Decode({text});
  for (std::size_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(Decode({text.substr(0, i), text.substr(i)}), whole) << text << " split at " << i;
    const std::size_t j = i + (text.size() - i) / 2;
    EXPECT_EQ(Decode({text.substr(0, i), text.substr(i, j - i), "", text.substr(j)}), whole) << text;
  }
  std::vector<std::string_view> characters;
  for (std::size_t i = 0; i < text.size(); ++i) characters.push_back(text.substr(i, 1));
  EXPECT_EQ(Decode(characters), whole) << text;
  return whole;
}

// Bytes without a pattern, the same in every run.
std::string Bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = static_cast<std::uint32_t>(size) * 2654435761u + 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST(Base64Decoder, AgreesWithAbseilForEverySizeAndSplit) {
  for (std::size_t size = 0; size <= 130; ++size) {
    const std::string bytes = Bytes(size);
    EXPECT_EQ(DecodeEverySplit(absl::Base64Escape(bytes)), (Decoded{bytes})) << size;
    EXPECT_EQ(DecodeEverySplit(absl::WebSafeBase64Escape(bytes)), (Decoded{bytes})) << size;
  }
}

TEST(Base64Decoder, KnowsEveryGroupOfTheAlphabet) {
  // Each value of each of the four places.
  std::string bytes;
  for (int value = 0; value < 256; ++value) {
    for (int place = 0; place < 3; ++place) {
      std::string group(3, '\0');
      group[place] = static_cast<char>(value);
      bytes += group;
    }
  }
  EXPECT_EQ(Decode({absl::Base64Escape(bytes)}), (Decoded{bytes}));
}

TEST(Base64Decoder, AppendsToWhatIsThere) {
  Base64Decoder decoder;
  std::string out = "before ";
  decoder.Append("aGVsbG8=", out);
  EXPECT_EQ(decoder.Finish(out), Base64Fault::kNone);
  EXPECT_EQ(out, "before hello");
  decoder.Reset();
  decoder.Append("IQ==", out);
  EXPECT_EQ(decoder.Finish(out), Base64Fault::kNone);
  EXPECT_EQ(out, "before hello!");
}

TEST(Base64Decoder, TakesPiecesOfAnySizeOfALongText) {
  const std::string bytes = Bytes(1 << 20);
  const std::string text = absl::Base64Escape(bytes);
  for (const std::size_t step : {1u, 3u, 63u, 64u, 65u, 16384u, 16385u, 1u << 24}) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < text.size(); at += step)
      pieces.push_back(std::string_view(text).substr(at, step));
    EXPECT_EQ(Decode(pieces), (Decoded{bytes})) << step;
  }
}

TEST(Base64Decoder, IgnoresLineEndsInALongText) {
  const std::string bytes = Bytes(100'000);
  const std::string text = absl::Base64Escape(bytes);
  for (const std::size_t width : {1u, 63u, 64u, 76u}) {
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += width) lines += text.substr(at, width) + "\r\n";
    EXPECT_EQ(Decode({lines}), (Decoded{bytes})) << width;
  }
}

struct Text {
  const char* name;
  std::string text;
  Decoded decoded;
};

constexpr Base64Fault kSkipped = Base64Fault::kSkipped;
constexpr Base64Fault kNotBase64 = Base64Fault::kNotBase64;

class Base64DecoderTexts : public testing::TestWithParam<Text> {};

TEST_P(Base64DecoderTexts, AreDecodedHoweverTheyAreCut) {
  EXPECT_EQ(DecodeEverySplit(GetParam().text), GetParam().decoded);
}

// Both Node 20 (Buffer.from(text, 'base64')) and Python 3.11 (b64decode(text, validate=False)) give these
// bytes.
INSTANTIATE_TEST_SUITE_P(
    AsNodeAndPython, Base64DecoderTexts,
    testing::Values(Text{"empty", "", {""}}, Text{"space", "aGVsbG8g dGhlcmU=", {"hello there"}},
                    Text{"line_feeds", "aGVs\nbG8=\n", {"hello"}},
                    Text{"all_whitespace", "\t aG\r\nVs\f\vbG8= ", {"hello"}},
                    Text{"unused_bits_of_two", "QR==", {"A"}}, Text{"unused_bits_of_three", "QUJ=", {"AB"}},
                    Text{"bad_character", "aGVsbG8gd*GhlcmU=", {"hello there", kSkipped}},
                    Text{"nul", "aGVsbG8gd\0GhlcmU="s, {"hello there", kSkipped}},
                    Text{"umlaut", "aGVsbG8gd\xC3\xA9GhlcmU=", {"hello there", kSkipped}},
                    Text{"replacement",
                         "aGVsbG8gdGhl\xEF\xBF\xBD"
                         "cmU=",
                         {"hello there", kSkipped}},
                    Text{"pad_after_the_padding", "QQ===", {"A", kSkipped}},
                    Text{"group_after_two_pads", "QQ==QQ==", {"A", kSkipped}},
                    Text{"group_after_one_pad", "QUI=QUI=", {"AB", kSkipped}},
                    Text{"character_after_the_padding", "QUI=Q", {"AB", kSkipped}},
                    Text{"line_end_after_the_padding", "QQ==\r\n", {"A"}}),
    [](const auto& row) { return std::string(row.param.name); });

// Where these two disagree, or Python refuses, whatever gives more bytes of those that were meant.
INSTANTIATE_TEST_SUITE_P(
    MoreLenientOfTheTwo, Base64DecoderTexts,
    testing::Values(
        // Node.
        Text{"url_safe", "-_-_", {"\xFB\xFF\xBF"}}, Text{"mixed_alphabets", "+/-_", {"\xFB\xFF\xBF"}},
        Text{"no_padding_of_two", "aGVsbG8gYQ", {"hello a"}}, Text{"no_padding_of_one", "aGVsbG8", {"hello"}},
        Text{"half_of_the_padding", "aGVsbA=", {"hell", kSkipped}},
        Text{"lone_character", "aGVsb", {"hel", kSkipped}},
        // Python.
        Text{"pad_in_the_middle", "QUJD=QUJD", {"ABCABC", kSkipped}},
        Text{"pad_at_the_start", "====QUJD", {"ABC", kSkipped}},
        Text{"pad_in_a_group", "QQ=JD", {"A\x02\x43"s, kSkipped}},
        // Neither: the prefix is 21 characters of the alphabet to both.
        Text{"data_url", "data:image/png;base64,aGVs", {"hel"}},
        Text{"data_url_with_parameters", "Data:image/png;name=x.png;BASE64,aGVs", {"hel"}},
        Text{"data_url_after_space", "\n data:;base64,aGVs", {"hel"}},
        Text{"data_url_with_a_bad_start", "data:;base64,*aGVs", {"hel", kSkipped}}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    NotBase64, Base64DecoderTexts,
    testing::Values(
        Text{"svg",
             "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
             {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", kNotBase64}},
        Text{"svg_after_space", "\n <svg/>", {"\n <svg/>", kNotBase64}},
        Text{"url", "https://example.com/cat.png", {"https://example.com/cat.png", kNotBase64}},
        Text{"json", "{\"error\":1}", {"{\"error\":1}", kNotBase64}},
        Text{"bytes_of_python", "b'iVBORw0KGgo='", {"b'iVBORw0KGgo='", kNotBase64}},
        Text{"data_url_of_text", "data:image/svg+xml,<svg/>", {"data:image/svg+xml,<svg/>", kNotBase64}},
        Text{"data_url_without_data", "data:image/png;base64", {"data:image/png;base64", kNotBase64}},
        Text{"data_url_with_a_long_start",
             "data:" + std::string(300, 'x') + ";base64,AAAA",
             {"data:" + std::string(300, 'x') + ";base64,AAAA", kNotBase64}},
        Text{"short", "*", {"*", kNotBase64}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Base64Decoder, OnlyTheFirstEightCharactersTellWhatATextIs) {
  EXPECT_EQ(Decode({"AAAAAAA*A"}), (Decoded{"AAAAAAA*A", kNotBase64}));
  EXPECT_EQ(Decode({"AAAAAAAA*"}), (Decoded{std::string(6, '\0'), kSkipped}));
  // Nothing but whitespace for longer than is held.
  EXPECT_EQ(DecodeEverySplit(std::string(300, ' ') + "IQ=="), (Decoded{"!"}));
}

}  // namespace
}  // namespace openrouter_images::upstream
