// However a body is cut, the same bytes come out of it, in steps within their limit, and the same verdict.

#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "service/upstream/codec/content_decoder.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

namespace openrouter_images::upstream {
namespace {

struct Outcome {
  std::string bytes;
  bool is_good = true;
  bool is_complete = false;

  bool operator==(const Outcome&) const = default;
};

Outcome Decode(const char* coding, std::string_view body, std::size_t longest_piece) {
  Outcome outcome;
  const auto decoder = MakeContentDecoder(coding);
  Require(decoder.ok() && *decoder != nullptr, "the coding is known");
  outcome.is_good = ForEachPiece(body, longest_piece, [&](std::string_view rest) {
    while (true) {
      const auto bytes = (*decoder)->Decode(rest);
      if (!bytes.ok()) return false;
      Require(bytes->size() <= ContentDecoder::kMaxStep, "a step within the limit");
      outcome.bytes.append(*bytes);
      if (!bytes->empty()) continue;
      Require(rest.empty(), "all of the piece is used");
      return true;
    }
  });
  outcome.is_complete = outcome.is_good && (*decoder)->IsComplete();
  return outcome;
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  FuzzedDataProvider input(data, size);
  const char* coding = input.ConsumeBool() ? "gzip" : "deflate";
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 40);
  const std::string body = input.ConsumeRemainingBytesAsString();

  const upstream::Outcome whole = upstream::Decode(coding, body, std::string::npos);
  const upstream::Outcome cut = upstream::Decode(coding, body, longest_piece);
  Require(whole == cut, "the cut does not matter");
  return 0;
}
