#include "service/upstream/codec/sse_parser.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openrouter_images::upstream {
namespace {

using namespace std::string_literals;
using Events = std::vector<std::string>;

class Collector final : public SseParser::Handler {
 public:
  bool OnData(std::string_view part) override {
    EXPECT_FALSE(part.empty());
    open.append(part);
    return true;
  }
  bool OnEventEnd() override {
    complete.push_back(std::exchange(open, {}));
    return true;
  }

  Events complete;
  std::string open;
};

Events Parse(const std::vector<std::string_view>& pieces) {
  Collector collector;
  SseParser parser(collector);
  for (const std::string_view piece : pieces) EXPECT_EQ(parser.Write(piece), piece.size());
  return collector.complete;
}

// The standard's rules in its own order, on a stream that is there as a whole.
Events ReadWhole(std::string_view stream) {
  if (stream.starts_with("\xEF\xBB\xBF")) stream.remove_prefix(3);
  Events events;
  std::string data;
  while (true) {
    const std::size_t end = stream.find_first_of("\r\n");
    // What no line end follows belongs to an event that is cut off.
    if (end == stream.npos) return events;
    const std::string_view line = stream.substr(0, end);
    stream.remove_prefix(end + (stream.substr(end).starts_with("\r\n") ? 2 : 1));
    if (line.empty()) {
      if (!data.empty()) events.push_back(data.substr(0, data.size() - 1));
      data.clear();
      continue;
    }
    const std::size_t colon = line.find(':');
    std::string_view value = colon == line.npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (line.substr(0, colon) == "data") data.append(value).append("\n");
  }
}

struct Stream {
  const char* name;
  std::string bytes;
  Events events;
};

std::ostream& operator<<(std::ostream& out, const Stream& stream) {
  return out << stream.name;
}

class SseParserStreams : public testing::TestWithParam<Stream> {};

TEST_P(SseParserStreams, AreReadAlikeHoweverTheyAreCut) {
  const auto& [name, bytes, events] = GetParam();
  const std::string_view stream = bytes;
  ASSERT_EQ(ReadWhole(stream), events) << "the table itself";
  EXPECT_EQ(Parse({stream}), events);
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i <= stream.size(); ++i) {
    EXPECT_EQ(Parse({stream.substr(0, i), stream.substr(i)}), events) << "cut at " << i;
    EXPECT_EQ(Parse({stream.substr(0, i)}), ReadWhole(stream.substr(0, i))) << "ended at " << i;
    single.push_back(stream.substr(i, 1));
    single.push_back("");
  }
  EXPECT_EQ(Parse(single), events) << "byte by byte";
}

INSTANTIATE_TEST_SUITE_P(
    SseParser, SseParserStreams,
    testing::Values(
        Stream{"Nothing", "", {}}, Stream{"OnlyBlankLines", "\n\r\n\r\r\n\n", {}},
        Stream{"LineFeed", "data: a\n\ndata: b\n\n", {"a", "b"}},
        Stream{"CarriageReturn", "data: a\r\rdata: b\r\r", {"a", "b"}},
        Stream{"Both", "data: a\r\n\r\ndata: b\r\n\r\n", {"a", "b"}},
        Stream{"MixedLineEnds", "data: a\r\n\ndata: b\n\rdata: c\r\r\ndata: d\n\r\n", {"a", "b", "c", "d"}},
        Stream{"CarriageReturnThenBothIsTwoLines", "data: a\rdata: b\r\r\n", {"a\nb"}},
        Stream{"LineFeedThenCarriageReturnIsTwoLines", "data: a\n\rdata: b\n\r", {"a", "b"}},
        Stream{"SeveralDataLines", "data: a\ndata: b\r\ndata: c\rdata: d\n\n", {"a\nb\nc\nd"}},
        Stream{"EmptyDataLines", "data:\ndata\ndata: \n\n", {"\n\n"}},
        Stream{"EmptyDataLineFirst", "data:\ndata: a\n\n", {"\na"}},
        Stream{"EmptyDataLineLast", "data: a\ndata\n\n", {"a\n"}},
        Stream{"DataWithoutColon", "data\n\ndata: a\n\n", {"", "a"}},
        Stream{"DataWithoutSpace", "data:a\n\n", {"a"}},
        Stream{"OneSpaceIsTaken", "data:  a \n\ndata:   \n\n", {" a ", "  "}},
        Stream{"TabIsKept", "data:\ta\n\n", {"\ta"}},
        Stream{"ColonsInTheValue", "data:a:b\n\ndata::\n\ndata: : c\n\n", {"a:b", ":", ": c"}},
        Stream{"DataInTheValue", "data: data: a\n\n", {"data: a"}},
        Stream{"ByteOrderMark",
               "\xEF\xBB\xBF"
               "data: a\n\n",
               {"a"}},
        Stream{"ByteOrderMarkBeforeBlankLine", "\xEF\xBB\xBF\r\n\r\ndata: a\n\n", {"a"}},
        Stream{"SecondByteOrderMark",
               "\xEF\xBB\xBF\xEF\xBB\xBF"
               "data: a\n\ndata: b\n\n",
               {"b"}},
        Stream{"ByteOrderMarkLater",
               "\n\xEF\xBB\xBF"
               "data: a\n\ndata: b\n\n",
               {"b"}},
        Stream{"TwoBytesOfTheMark",
               "\xEF\xBB"
               "data: a\n\ndata: b\n\n",
               {"b"}},
        Stream{"OneByteOfTheMark",
               "\xEF"
               "data: a\ndata: b\n\n",
               {"b"}},
        Stream{"OneByteOfTheMarkTwice",
               "\xEF\xEF\xBB\xBF"
               "data: a\ndata: b\n\n",
               {"b"}},
        Stream{"PartOfTheMarkAsALine", "\xEF\xBB\ndata: a\n\n", {"a"}},
        Stream{"ByteOrderMarkInTheValue", "data: \xEF\xBB\xBF\n\n", {"\xEF\xBB\xBF"}},
        Stream{"Comments", ": hello\n\n:\n:data: no\ndata: a\n: between\ndata: b\n\n:: \n\n", {"a\nb"}},
        Stream{"OtherFields", "event: data\nid: 1\nretry: 10\nevent\ndata: a\nid:\n\nevent: x\n\n", {"a"}},
        Stream{"NamesThatBeginLikeData",
               "d: 1\nda: 2\ndat: 3\ndat\ndata2: 4\ndata2\ndata : 5\ndata: a\n\n",
               {"a"}},
        Stream{"NamesThatEndLikeData", "xdata: 1\n data: 2\nDATA: 3\nData: 4\ndata: a\n\n", {"a"}},
        Stream{"OnlyOtherNames", "dat: 1\n\ndata2: 2\n\n", {}},
        Stream{"NameFromTwoLines", "da\nta: 1\n\n", {}},
        Stream{"ManyBlankLines", "\n\n\ndata: a\n\n\n\r\n\r\rdata: b\n\n\n", {"a", "b"}},
        Stream{"CutOffInTheName", "data: a\n\nda", {"a"}},
        Stream{"CutOffInTheValue", "data: a\n\ndata: b", {"a"}},
        Stream{"CutOffBeforeTheBlankLine", "data: a\n\ndata: b\n", {"a"}},
        Stream{"EndsInACarriageReturn", "data: a\r\n\r", {"a"}},
        Stream{"AnyBytes", "data: \0\x7F\xFF\x80 \xC3\xA9\n\n"s, {"\0\x7F\xFF\x80 \xC3\xA9"s}}),
    [](const auto& row) { return row.param.name; });

// Lines of a few pieces each, in every combination: more than anyone would write down.
TEST(SseParser, ReadsEveryCombinationAsTheStandardSays) {
  constexpr std::string_view kPieces[] = {"\n", "\r", "data", ":", " ", "x", "\xEF\xBB\xBF"};
  constexpr int kLength = 5;
  std::size_t combinations = 1;
  for (int i = 0; i < kLength; ++i) combinations *= std::size(kPieces);
  for (std::size_t number = 0; number < combinations; ++number) {
    std::string stream;
    for (std::size_t rest = number, i = 0; i < kLength; ++i, rest /= std::size(kPieces)) {
      stream += kPieces[rest % std::size(kPieces)];
    }
    stream += "\n\n";
    const std::string_view view = stream;
    const Events events = ReadWhole(view);
    ASSERT_EQ(Parse({view}), events) << testing::PrintToString(stream);
    const std::size_t cut = number % view.size();
    ASSERT_EQ(Parse({view.substr(0, cut), view.substr(cut)}), events)
        << testing::PrintToString(stream) << cut;
  }
}

// Notes how much came, and that it is no copy.
class Meter final : public SseParser::Handler {
 public:
  bool OnData(std::string_view part) override {
    EXPECT_GE(part.data(), piece.data());
    EXPECT_LE(part.data() + part.size(), piece.data() + piece.size());
    bytes += part.size();
    return true;
  }
  bool OnEventEnd() override {
    ++events;
    return true;
  }

  std::string_view piece;
  std::size_t bytes = 0;
  int events = 0;
};

TEST(SseParser, HandsOnAnEventOfAnySizeWithoutCollectingIt) {
  constexpr std::size_t kPieces = 2560;
  const std::string piece(16 * 1024, 'x');
  Meter meter;
  SseParser parser(meter);
  parser.Write("data: ");
  meter.piece = piece;
  for (std::size_t i = 1; i <= kPieces; ++i) {
    ASSERT_EQ(parser.Write(piece), piece.size());
    ASSERT_EQ(meter.bytes, i * piece.size());
  }
  EXPECT_EQ(meter.bytes, std::size_t{40} << 20);
  EXPECT_EQ(meter.events, 0);
  parser.Write("\n\n");
  EXPECT_EQ(meter.events, 1);
}

// Says no at the given call.
class Refuser final : public SseParser::Handler {
 public:
  explicit Refuser(int at) : at_(at) {}
  bool OnData(std::string_view) override { return ++calls != at_; }
  bool OnEventEnd() override { return ++calls != at_; }

  int calls = 0;

 private:
  const int at_;
};

TEST(SseParser, StopsWhereTheHandlerSaysSoAndGoesOnFromThere) {
  for (const std::string newline : {"\n", "\r", "\r\n"}) {
    // Five calls: "a", the LF between, "b", the end, "c".
    const std::string stream = "data: a" + newline + "data: b" + newline + newline + "data: c";
    for (int at = 1; at <= 5; ++at) {
      Refuser refuser(at);
      SseParser parser(refuser);
      const std::size_t read = parser.Write(stream);
      EXPECT_EQ(refuser.calls, at);
      EXPECT_EQ(parser.Write(std::string_view(stream).substr(read)), stream.size() - read);
      EXPECT_EQ(refuser.calls, 5);
    }
    Refuser never(6);
    EXPECT_EQ(SseParser(never).Write(stream), stream.size());
    EXPECT_EQ(never.calls, 5);
  }
}

}  // namespace
}  // namespace openrouter_images::upstream
