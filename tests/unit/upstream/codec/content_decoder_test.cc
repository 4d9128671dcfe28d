#include "service/upstream/codec/content_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/deflated.h"

namespace openrouter_images::upstream {
namespace {

using namespace std::string_literals;

constexpr int kZlibFrame = MAX_WBITS;
constexpr int kNoFrame = -MAX_WBITS;

struct DecodedBody {
  absl::Status status;
  std::string bytes;
  bool is_complete = false;
  std::size_t steps = 0;
};

DecodedBody DecodeBody(std::string_view coding, std::string_view body, std::size_t longest_piece) {
  const auto decoder = MakeContentDecoder(coding);
  EXPECT_TRUE(decoder.ok()) << decoder.status();
  DecodedBody decoded;
  while (!body.empty()) {
    std::string_view rest = body.substr(0, longest_piece);
    body.remove_prefix(rest.size());
    while (true) {
      const auto bytes = (*decoder)->Decode(rest);
      if (!bytes.ok()) {
        decoded.status = bytes.status();
        return decoded;
      }
      EXPECT_LE(bytes->size(), ContentDecoder::kMaxStep);
      if (bytes->empty()) break;
      decoded.bytes.append(*bytes);
      ++decoded.steps;
    }
    EXPECT_TRUE(rest.empty());
  }
  decoded.is_complete = (*decoder)->IsComplete();
  return decoded;
}

// Bytes that do not shrink, and many that do.
std::string Body() {
  std::string body(20'000, '\0');
  std::uint32_t state = 1;
  for (char& byte : body) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return "{\"data\":" + body + std::string(100'000, 'A') + "}";
}

struct Encoded {
  const char* name;
  const char* coding;
  std::string body;
  std::string decoded;
};

class ContentDecoderBodies : public testing::TestWithParam<Encoded> {};

TEST_P(ContentDecoderBodies, AreDecodedHoweverTheyAreCut) {
  const Encoded& row = GetParam();
  for (const std::size_t longest_piece : {1u, 2u, 3u, 100u, 16'384u, 1u << 24}) {
    const DecodedBody decoded = DecodeBody(row.coding, row.body, longest_piece);
    EXPECT_TRUE(decoded.status.ok()) << decoded.status;
    EXPECT_TRUE(decoded.bytes == row.decoded) << longest_piece;
    EXPECT_TRUE(decoded.is_complete) << longest_piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ContentDecoderBodies,
    testing::Values(
        Encoded{"gzip", "gzip", Deflated(Body(), kGzipFrame), Body()},
        Encoded{"x_gzip", " X-GZip ", Deflated("{}", kGzipFrame), "{}"},
        Encoded{"gzip_of_nothing", "gzip", Deflated("", kGzipFrame), ""},
        Encoded{"deflate", "deflate", Deflated(Body(), kZlibFrame), Body()},
        Encoded{"deflate_without_frame", "Deflate", Deflated(Body(), kNoFrame), Body()},
        Encoded{"deflate_that_is_gzip", "deflate", Deflated(Body(), kGzipFrame), Body()},
        Encoded{"gzip_that_is_deflate", "gzip", Deflated(Body(), kZlibFrame), Body()},
        Encoded{"gzip_that_is_plain", "gzip", Body(), Body()},
        Encoded{"two_members", "gzip", Deflated("{\"a\"", kGzipFrame) + Deflated(":1}", kGzipFrame),
                "{\"a\":1}"},
        Encoded{"something_after_the_end", "gzip", Deflated("{}", kGzipFrame) + "\0\0\x1F\0"s, "{}"},
        Encoded{"something_after_deflate", "deflate", Deflated("{}", kNoFrame) + "\x1F\x8B"s, "{}"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ContentDecoder, ABombIsTakenInSteps) {
  const std::string bomb = Deflated(std::string(50'000'000, ' '), kGzipFrame);
  ASSERT_LT(bomb.size(), 60'000u);
  const DecodedBody decoded = DecodeBody("gzip", bomb, 16'384);
  EXPECT_EQ(decoded.bytes.size(), 50'000'000u);
  EXPECT_GE(decoded.steps, 50'000'000u / ContentDecoder::kMaxStep);
}

TEST(ContentDecoder, ABodyThatIsCutOffIsNotComplete) {
  for (const int frame : {kGzipFrame, kZlibFrame, kNoFrame}) {
    const std::string body = Deflated(Body(), frame);
    const DecodedBody decoded = DecodeBody("deflate", body.substr(0, body.size() / 2), 1000);
    EXPECT_TRUE(decoded.status.ok());
    EXPECT_TRUE(!decoded.bytes.empty() && Body().starts_with(decoded.bytes));
    EXPECT_FALSE(decoded.is_complete);
  }
  EXPECT_FALSE(DecodeBody("gzip", "\x1F", 1).is_complete);
}

TEST(ContentDecoder, ABrokenBodyIsAnError) {
  std::string body = Deflated(Body(), kGzipFrame);
  body[body.size() - 5] ^= 1;  // The checksum, behind all bytes.
  for (const std::size_t longest_piece : {1u, 1000u, 1u << 24}) {
    const DecodedBody decoded = DecodeBody("gzip", body, longest_piece);
    EXPECT_EQ(decoded.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(decoded.bytes == Body()) << "the bytes before the fault are good";
  }
  EXPECT_EQ(DecodeBody("deflate", "<html></html>", 5).status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(MakeContentDecoder, KnowsItsCodings) {
  EXPECT_EQ(*MakeContentDecoder(""), nullptr);
  EXPECT_EQ(*MakeContentDecoder(" Identity "), nullptr);
  for (const char* coding : {"br", "zstd", "gzip, gzip", "gzip,br", "x"}) {
    const auto decoder = MakeContentDecoder(coding);
    EXPECT_EQ(decoder.status().code(), absl::StatusCode::kUnimplemented) << coding;
    EXPECT_NE(decoder.status().message().find(coding), std::string::npos) << decoder.status();
  }
  EXPECT_LT(MakeContentDecoder(std::string(1000, '\x01')).status().message().size(), 300u);
}

}  // namespace
}  // namespace openrouter_images::upstream
