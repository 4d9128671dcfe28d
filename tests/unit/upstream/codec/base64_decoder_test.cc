#include "service/upstream/codec/base64_decoder.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace openrouter_images::upstream {
namespace {

struct Outcome {
  bool good;
  std::uint64_t error_offset;
  std::string bytes;

  bool operator==(const Outcome&) const = default;
};

Outcome Decode(const std::vector<std::string_view>& pieces) {
  Base64Decoder decoder;
  Outcome outcome{true, 0, ""};
  for (const std::string_view piece : pieces)
    outcome.good = outcome.good && decoder.Append(piece, outcome.bytes);
  outcome.good = outcome.good && decoder.Finish();
  if (!outcome.good) {
    outcome.error_offset = decoder.error_offset();
    EXPECT_FALSE(decoder.Append("AAAA", outcome.bytes));
    EXPECT_FALSE(decoder.Finish());
  }
  return outcome;
}

// The outcome, after checking that neither two nor three pieces, nor single characters, change it.
Outcome DecodeEverySplit(std::string_view text) {
  const Outcome whole = Decode({text});
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
    EXPECT_EQ(DecodeEverySplit(absl::Base64Escape(bytes)), (Outcome{true, 0, bytes})) << size;
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
  EXPECT_EQ(Decode({absl::Base64Escape(bytes)}).bytes, bytes);
}

TEST(Base64Decoder, AppendsToWhatIsThere) {
  Base64Decoder decoder;
  std::string out = "before ";
  EXPECT_TRUE(decoder.Append("aGVsbG8=", out));
  EXPECT_TRUE(decoder.Finish());
  EXPECT_EQ(out, "before hello");
  decoder.Reset();
  EXPECT_TRUE(decoder.Append("IQ==", out));
  EXPECT_TRUE(decoder.Finish());
  EXPECT_EQ(out, "before hello!");
}

TEST(Base64Decoder, TakesPiecesOfAnySizeOfALongText) {
  const std::string bytes = Bytes(1 << 20);
  const std::string text = absl::Base64Escape(bytes);
  for (const std::size_t step : {1u, 3u, 63u, 64u, 65u, 16384u, 16385u, 1u << 24}) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < text.size(); at += step)
      pieces.push_back(std::string_view(text).substr(at, step));
    EXPECT_EQ(Decode(pieces), (Outcome{true, 0, bytes})) << step;
  }
}

TEST(Base64Decoder, IgnoresBitsBeyondTheLastByte) {
  EXPECT_EQ(Decode({"QQ=="}).bytes, "A");
  EXPECT_EQ(Decode({"QR=="}), (Outcome{true, 0, "A"}));
  EXPECT_EQ(Decode({"QUJ="}), (Outcome{true, 0, "AB"}));
}

struct Fault {
  const char* name;
  std::string text;
  std::uint64_t offset;
  std::string bytes;
};

class Base64DecoderFaults : public testing::TestWithParam<Fault> {};

TEST_P(Base64DecoderFaults, AreFoundWhereTheyAre) {
  const Fault& fault = GetParam();
  EXPECT_EQ(DecodeEverySplit(fault.text), (Outcome{false, fault.offset, fault.bytes}));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Base64DecoderFaults,
    testing::Values(
        Fault{"bad_character", "aGVs*G8=", 4, "hel"}, Fault{"bad_last_character", "aGVsbG8*", 7, "hel"},
        Fault{"url_safe_minus", "aGVsbG-v", 6, "hel"}, Fault{"url_safe_underscore", "_GVs", 0, ""},
        Fault{"space", "aGVs bG8=", 4, "hel"}, Fault{"newline", "aGVs\nbG8=", 4, "hel"},
        Fault{"trailing_newline", "aGVs\n", 4, "hel"}, Fault{"nul", std::string("aG\0s", 4), 2, ""},
        Fault{"high_byte", "aGV\xC3\xA9", 3, ""}, Fault{"missing_padding_one", "aGVsbG8", 7, "hel"},
        Fault{"missing_padding_two", "aGVsbG", 6, "hel"}, Fault{"lone_character", "aGVsb", 5, "hel"},
        Fault{"half_of_the_padding", "aGVsbA=", 6, "hel"}, Fault{"only_padding", "====", 0, ""},
        Fault{"three_pads", "Q===", 1, ""}, Fault{"pad_in_the_middle", "QQ=A", 2, ""},
        Fault{"after_one_pad", "QUI=QUI=", 4, "AB"}, Fault{"after_two_pads", "QQ==Q", 4, "A"},
        Fault{"padding_after_padding", "QQ====", 4, "A"},
        Fault{"deep_inside", std::string(100, 'A') + "!" + std::string(99, 'A'), 100, std::string(75, '\0')}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace openrouter_images::upstream
