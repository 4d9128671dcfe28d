#include "service/upstream/reply/event_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/recorded_events.h"

namespace openrouter_images::upstream {
namespace {

using ::testing::ElementsAre;

// Writes down what it hears, as text.
class Scribe final : public EventReader::Handler {
 public:
  Scribe(ImageEmitter& images, const EventReader& reader) : images_(images), reader_(reader) {}

  bool OnEvent(const boost::json::object& event) override {
    heard.push_back(Entry("", event));
    images_.EndEvent(event);
    return goes_on;
  }
  bool OnBroken(const ReplyDefect&, const boost::json::object& event) override {
    heard.push_back(Entry("broken ", event));
    if (!HasImage(images_.kind())) images_.Skip();
    images_.EndEvent(event);
    return goes_on;
  }
  void OnUnknown() override {
    const v1::UnknownEvent event = reader_.AsItCame();
    heard.push_back("unknown " + event.type() + ": " + event.data() + (event.truncated() ? "..." : ""));
  }

  std::vector<std::string> heard;
  bool goes_on = true;

 private:
  std::string Entry(const std::string& what, const boost::json::object& event) const {
    return what + std::to_string(static_cast<int>(images_.kind())) + " " + boost::json::serialize(event);
  }

  ImageEmitter& images_;
  const EventReader& reader_;
};

struct Reading {
  RecordedEvents sink;
  ImageEmitter images{sink, /*attempt=*/1, /*max_images=*/10};
  Scribe scribe{images, reader};
  EventReader reader{{}, images, scribe};
};

std::string Event(const std::string& data) {
  return "data: " + data + "\n\n";
}

std::string Entry(EventKind kind, const std::string& event) {
  return std::to_string(static_cast<int>(kind)) + " " + event;
}

const std::string kPreview = R"({"type":"image_generation.partial_image","b64_json":"cm91Z2g=","more":1})";

TEST(EventReader, SendsTheImageAndHandsOverTheRest) {
  const std::string stream =
      Event(kPreview) + Event("{}") + Event("[1]") + Event(R"({"type":"new","x":1})") + Event("nonsense") +
      Event(R"({"x":1,"type":"newer"})") + Event(R"({"type":"image_generation.text_chunk",})") +
      Event(R"({"type":"error"})") + "data: {\"type\":\ndata: \"new\"}\n\n" + Event("[DONE]");
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, stream.size()}) {
    SCOPED_TRACE(step);
    Reading reading;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      const std::string_view piece = std::string_view(stream).substr(at, step);
      // "[DONE]" ends a Write with its last byte.
      EXPECT_EQ(reading.reader.Write(piece), piece.size());
    }
    EXPECT_THAT(
        reading.scribe.heard,
        ElementsAre(Entry(EventKind::kPartialImage, R"({"type":"image_generation.partial_image","more":1})"),
                    Entry(EventKind::kUndetermined, "{}"), Entry(EventKind::kUndetermined, "{}"),
                    R"(unknown new: {"type":"new","x":1})", "broken " + Entry(EventKind::kUndetermined, "{}"),
                    "unknown : nonsense", R"(unknown newer: {"x":1,"type":"newer"})",
                    "broken " + Entry(EventKind::kTextChunk, R"({"type":"image_generation.text_chunk"})"),
                    R"(unknown image_generation.text_chunk: {"type":"image_generation.text_chunk",})",
                    Entry(EventKind::kError, R"({"type":"error"})"), "unknown new: {\"type\":\n\"new\"}"));
    EXPECT_THAT(reading.sink.Lines(), ElementsAre("preview 0: rough"));
    EXPECT_TRUE(reading.reader.is_done());
  }
}

TEST(EventReader, OfALongUnknownEventTheBeginningIsKept) {
  Reading reading;
  const std::string data = R"({"type":"new","x":")" + std::string(1'000'000, 'x') + "\"}";
  reading.reader.Write(Event(data));
  EXPECT_THAT(reading.scribe.heard, ElementsAre("unknown new: " + data.substr(0, 256 * 1024) + "..."));
}

// A message's strings have to be.
TEST(EventReader, UnknownEventsAreUtf8) {
  Reading reading;
  reading.reader.Write(Event("{\"type\":\"new\",\"x\":\"a\xFF\xC3\xA9\"}"));
  EXPECT_THAT(reading.scribe.heard, ElementsAre("unknown new: {\"type\":\"new\",\"x\":\"a\xC3\xA9\"}"));
  v1::UnknownEvent parsed;
  EXPECT_TRUE(parsed.ParseFromString(reading.reader.AsItCame().SerializeAsString()));
}

TEST(EventReader, AtTheEndOfTheStreamItTakesWhatIsThere) {
  struct End {
    const char* name;
    std::string stream;
    std::vector<std::string> heard;
    std::vector<std::string> sent;
  };
  const std::string image = R"({"type":"image_generation.completed","b64_json":"IQ==")";
  const std::string kind = R"({"type":"image_generation.completed"})";
  const End rows[] = {
      {"no blank line", "data: " + image + "}", {Entry(EventKind::kCompleted, kind)}, {"image 0: !"}},
      {"an image that came whole",
       "data: " + image,
       {"broken " + Entry(EventKind::kCompleted, kind)},
       {"image 0: !"}},
      {"half a text", R"(data: {"type":"image_generation.text_chunk","text":"a)", {}, {}},
      {"half an unknown event", R"(data: {"type":"new","x":)", {}, {}},
      {"half the end", "data: [DON", {}, {}},
      {"nothing", "", {}, {}},
  };
  for (const End& row : rows) {
    SCOPED_TRACE(row.name);
    Reading reading;
    reading.reader.Write(row.stream);
    reading.reader.Finish();
    EXPECT_EQ(reading.scribe.heard, row.heard);
    EXPECT_EQ(reading.sink.Lines(), row.sent);
  }
}

TEST(EventReader, ContinuesAfterTheEventThatEndedAWrite) {
  Reading reading;
  reading.scribe.goes_on = false;
  const std::string first = Event(kPreview);
  EXPECT_EQ(reading.reader.Write(first + Event(kPreview)), first.size());
  EXPECT_EQ(reading.reader.Write(Event(kPreview)), first.size());
  EXPECT_THAT(reading.sink.Lines(), ElementsAre("preview 0: rough", "preview 1: rough"));
}

TEST(EventReader, IgnoresWhatFollowsDone) {
  Reading reading;
  reading.reader.Write(Event("[DONE]"));
  reading.reader.Write(Event(kPreview) + Event("nonsense"));
  EXPECT_TRUE(reading.scribe.heard.empty());
  EXPECT_TRUE(reading.sink.events.empty());
}

}  // namespace
}  // namespace openrouter_images::upstream
