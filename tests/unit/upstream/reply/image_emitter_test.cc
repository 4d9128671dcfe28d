#include "service/upstream/reply/image_emitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/sha256.h"
#include "service/upstream/codec/media_type.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "tests/support/recorded_events.h"

namespace openrouter_images::upstream {
namespace {

constexpr std::size_t kMaxEventData = 256 * 1024;

// Bytes without a pattern, the same in every run.
std::string Bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

// Appends to the image that is being read, as a decoder does.
void Append(ImageEmitter& emitter, std::string_view file, std::size_t step, int index = 0) {
  while (!file.empty()) {
    emitter.BufferFor(index).append(file.substr(0, step));
    file.remove_prefix(std::min(step, file.size()));
  }
}

void Send(ImageEmitter& emitter, EventKind kind, std::string_view file, std::size_t step) {
  emitter.BeginDocument(kind);
  Append(emitter, file, step);
  emitter.OnImageEnd(0);
  EXPECT_TRUE(emitter.EndEvent());
}

// The file that the chunks add up to, after checking that they follow one another.
std::string Join(const std::vector<v1::ImageChunk>& chunks, int index) {
  std::string file;
  for (const v1::ImageChunk& chunk : chunks) {
    EXPECT_EQ(chunk.index(), index);
    EXPECT_EQ(chunk.offset(), static_cast<std::int64_t>(file.size()));
    EXPECT_FALSE(chunk.data().empty());
    EXPECT_LE(chunk.data().size(), kMaxEventData);
    EXPECT_EQ(chunk.last(), &chunk == &chunks.back());
    file += chunk.data();
  }
  return file;
}

TEST(ImageEmitter, ChunksAddUpToTheImageWhateverItsSizeAndSteps) {
  for (const std::size_t size :
       {std::size_t{1}, kSignatureBytes - 1, kSignatureBytes, kSignatureBytes + 1, kMaxImageStep,
        kMaxImageStep + 1, std::size_t{128} << 10, (std::size_t{128} << 10) + 1, std::size_t{700'000}}) {
    for (const std::size_t step : {std::size_t{1000}, std::size_t{40'001}, kMaxImageStep}) {
      SCOPED_TRACE(testing::Message() << size << " bytes in steps of " << step);
      RecordedEvents recorder;
      ImageEmitter emitter(recorder);
      const std::string file = Bytes(size);
      Send(emitter, EventKind::kCompleted, file, step);

      std::vector<v1::ImageChunk> sent;
      for (const auto& event : recorder.events) {
        ASSERT_TRUE(event.has_image_chunk());
        sent.push_back(event.image_chunk());
      }
      EXPECT_EQ(Join(sent, 0), file);
      ASSERT_EQ(emitter.images().size(), 1U);
      const EmittedImage& image = emitter.images().front();
      EXPECT_EQ(image.head, file.substr(0, image.head.size()));
      EXPECT_GE(image.head.size(), std::min(size, kSignatureBytes));
      EXPECT_EQ(image.info.size_bytes(), static_cast<std::int64_t>(size));
      EXPECT_EQ(image.info.sha256(), client::Sha256Of(file));
      EXPECT_EQ(image.info.media_type(), "");
      EXPECT_EQ(emitter.sent().images(), 1);
      EXPECT_EQ(emitter.sent().previews(), 0);
      EXPECT_EQ(emitter.sent().bytes(), static_cast<std::int64_t>(size));
    }
  }
}

TEST(ImageEmitter, SendsBeforeTheImageIsThere) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder);
  emitter.BeginDocument(EventKind::kCompleted);
  std::size_t written = 0;
  for (int i = 0; i < 100; ++i) {
    std::string& buffer = emitter.BufferFor(0);
    EXPECT_LE(buffer.size() + kMaxImageStep, kMaxEventData);
    buffer.append(kMaxImageStep, 'x');
    written += kMaxImageStep;
    EXPECT_LE(written - static_cast<std::size_t>(emitter.sent().bytes()), kMaxEventData);
  }
  EXPECT_TRUE(emitter.is_partly_sent());
  EXPECT_EQ(emitter.sent().images(), 0) << "it is not complete";
  emitter.OnImageEnd(0);
  EXPECT_FALSE(emitter.is_partly_sent());
  EXPECT_EQ(emitter.sent().bytes(), static_cast<std::int64_t>(written));
}

TEST(ImageEmitter, CountsImagesAndPreviewsApart) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder);
  const std::vector<std::pair<EventKind, std::string>> files = {{EventKind::kPartialImage, "first preview"},
                                                                {EventKind::kPartialImage, "2"},
                                                                {EventKind::kCompleted, "first image"},
                                                                {EventKind::kPartialImage, "third"},
                                                                {EventKind::kCompleted, "second image"}};
  for (const auto& [kind, file] : files) Send(emitter, kind, file, 4);
  ASSERT_EQ(emitter.images().size(), 2U);
  EXPECT_EQ(emitter.images()[0].head, "first image");
  EXPECT_EQ(emitter.images()[0].info.sha256(), client::Sha256Of("first image"));
  EXPECT_EQ(emitter.images()[1].head, "second image");
  EXPECT_EQ(emitter.images()[1].info.sha256(), client::Sha256Of("second image"));
  EXPECT_EQ(emitter.sent().previews(), 3);
  EXPECT_EQ(emitter.sent().images(), 2);

  ASSERT_EQ(recorder.events.size(), files.size());
  int previews = 0;
  int images = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& event = recorder.events[i];
    const bool is_image = files[i].first == EventKind::kCompleted;
    ASSERT_EQ(event.has_image_chunk(), is_image);
    EXPECT_EQ(
        Join({is_image ? event.image_chunk() : event.partial_image()}, is_image ? images++ : previews++),
        files[i].second);
  }
}

TEST(ImageEmitter, AnImageThatWasBrokenOffLeavesNothingInTheNext) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder);
  emitter.BeginDocument(EventKind::kPartialImage);
  Append(emitter, "broken off", 10);
  emitter.Skip();
  Send(emitter, EventKind::kCompleted, "whole", 5);
  ASSERT_EQ(recorder.events.size(), 1U);
  EXPECT_EQ(Join({recorder.events[0].image_chunk()}, 0), "whole");
  EXPECT_EQ(emitter.images()[0].info.sha256(), client::Sha256Of("whole"));
  EXPECT_EQ(emitter.images()[0].head, "whole");
}

TEST(ImageEmitter, ImagesKeepTheirPlaceAmongMissingOnes) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder);
  emitter.BeginDocument(EventKind::kCompleted);
  emitter.OnImageEnd(0);
  Append(emitter, "second", 6, /*index=*/1);
  emitter.OnImageEnd(1);
  ASSERT_EQ(emitter.images().size(), 2U);
  EXPECT_EQ(emitter.images()[0].head, "");
  EXPECT_EQ(emitter.images()[1].head, "second");

  // Of a stream, the place is that of the event.
  ImageEmitter of_events(recorder);
  for (const std::string file : {"", "second"}) Send(of_events, EventKind::kCompleted, file, 6);
  ASSERT_EQ(of_events.images().size(), 2U);
  EXPECT_EQ(of_events.images()[0].head, "");
  EXPECT_EQ(of_events.images()[1].head, "second");
}

TEST(ImageEmitter, HoldsAnImageUntilItsTypeIsKnown) {
  struct Row {
    const char* type;
    EventKind kind;
    int previews;
    int images;
  };
  const Row rows[] = {
      {"image_generation.partial_image", EventKind::kPartialImage, 1, 0},
      {"image_generation.completed", EventKind::kCompleted, 0, 1},
      {"image_generation.text_chunk", EventKind::kTextChunk, 0, 0},
      {"error", EventKind::kError, 0, 0},
      {"image_generation.video", EventKind::kUnknown, 0, 0},
  };
  const std::string file = Bytes(300'000);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.type);
    RecordedEvents recorder;
    ImageEmitter emitter(recorder);
    emitter.BeginDocument(EventKind::kUndetermined);
    Append(emitter, file, 10'000);
    emitter.OnImageEnd(0);
    EXPECT_TRUE(recorder.events.empty());
    emitter.OnEventType(row.type);
    // The first type counts.
    emitter.OnEventType("another");
    EXPECT_EQ(emitter.kind(), row.kind);
    const bool is_sent = row.previews + row.images > 0;
    EXPECT_EQ(emitter.EndEvent(), !is_sent);
    recorder.full = true;
    EXPECT_EQ(emitter.SendHeld(/*all=*/false), !is_sent);
    EXPECT_TRUE(recorder.events.empty());
    EXPECT_TRUE(emitter.SendHeld(/*all=*/true));
    EXPECT_EQ(emitter.sent().bytes(), is_sent ? static_cast<std::int64_t>(file.size()) : 0);
    EXPECT_EQ(emitter.sent().previews(), row.previews);
    EXPECT_EQ(emitter.sent().images(), row.images);
  }
}

// A digest serves whoever puts chunks together, and costs time.
TEST(ImageEmitter, HasNoDigestForASinkThatDoesNotDeliver) {
  RecordedEvents recorder(/*delivers=*/false);
  ImageEmitter emitter(recorder);
  Send(emitter, EventKind::kCompleted, "image", 5);
  EXPECT_EQ(emitter.images()[0].info.size_bytes(), 5);
  EXPECT_EQ(emitter.images()[0].info.sha256(), "");
}

}  // namespace
}  // namespace openrouter_images::upstream
