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
  explicit Scribe(const ImageEmitter& images) : images_(images) {}

  bool OnEvent(const boost::json::object& event) override {
    heard.push_back(std::to_string(static_cast<int>(images_.kind())) + " " + boost::json::serialize(event));
    return goes_on;
  }
  bool OnUnreadable(const ReplyDefect&) override {
    heard.push_back("unreadable");
    return goes_on;
  }
  void OnSkipped() override { heard.push_back("skipped"); }

  std::vector<std::string> heard;
  bool goes_on = true;

 private:
  const ImageEmitter& images_;
};

struct Reading {
  RecordedEvents sink;
  ImageEmitter images{sink};
  Scribe scribe{images};
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
  const std::string stream = Event(kPreview) + Event("{}") + Event("[1]") + Event(R"({"type":"new"})") +
                             Event("nonsense") + Event(R"({"type":"error"})") + Event("[DONE]");
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, stream.size()}) {
    Reading reading;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      const std::string_view piece = std::string_view(stream).substr(at, step);
      // "[DONE]" ends a Write with its last byte.
      EXPECT_EQ(reading.reader.Write(piece), piece.size());
    }
    EXPECT_THAT(
        reading.scribe.heard,
        ElementsAre(Entry(EventKind::kPartialImage, R"({"type":"image_generation.partial_image","more":1})"),
                    Entry(EventKind::kUndetermined, "{}"), Entry(EventKind::kUndetermined, "{}"), "skipped",
                    "unreadable", "skipped", Entry(EventKind::kError, R"({"type":"error"})")));
    EXPECT_THAT(reading.sink.Lines(), ElementsAre("preview 0: rough"));
    EXPECT_TRUE(reading.reader.is_done());
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

TEST(EventReader, KnowsWhetherItIsInAnEvent) {
  Reading reading;
  EXPECT_FALSE(reading.reader.is_in_event());
  reading.reader.Write("data: {");
  EXPECT_TRUE(reading.reader.is_in_event());
  reading.reader.Write("}\n");
  EXPECT_TRUE(reading.reader.is_in_event());
  reading.reader.Write("\n");
  EXPECT_FALSE(reading.reader.is_in_event());
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
