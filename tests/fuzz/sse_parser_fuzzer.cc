// However a stream of events is cut, the same events come out of it.

#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "service/upstream/codec/sse_parser.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

namespace openrouter_images::upstream {
namespace {

class Events final : public SseParser::Handler {
 public:
  bool OnData(std::string_view part) override {
    Require(!part.empty(), "a part has bytes");
    open_.append(part);
    return true;
  }
  bool OnEventEnd() override {
    complete_.push_back(open_);
    open_.clear();
    return true;
  }

  bool operator==(const Events& other) const { return complete_ == other.complete_ && open_ == other.open_; }
  std::size_t Bytes() const {
    std::size_t bytes = open_.size();
    for (const std::string& event : complete_) bytes += event.size();
    return bytes;
  }

 private:
  std::vector<std::string> complete_;
  std::string open_;
};

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  FuzzedDataProvider input(data, size);
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 40);
  const std::string stream = input.ConsumeRemainingBytesAsString();

  upstream::Events whole;
  Require(upstream::SseParser(whole).Write(stream) == stream.size(), "the handler never stops the parser");
  Require(whole.Bytes() <= stream.size(), "nothing is made up");

  upstream::Events cut;
  upstream::SseParser parser(cut);
  ForEachPiece(stream, longest_piece, [&](std::string_view piece) {
    Require(parser.Write(piece) == piece.size(), "the handler never stops the parser");
    return true;
  });
  Require(cut == whole, "the cut does not matter");
  return 0;
}
