#include "service/upstream/reply/image_emitter.h"

#include <gmock/gmock.h>
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
constexpr int kAttempt = 2;
constexpr int kMaxImages = 3;

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
  emitter.OnImageEnd(0, Base64Fault::kNone);
  EXPECT_TRUE(emitter.EndEvent({}));
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
    const bool is_first = &chunk == &chunks.front();
    EXPECT_EQ(chunk.attempt(), is_first ? kAttempt : 0);
    EXPECT_EQ(chunk.media_type().empty(), !is_first);
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
      ImageEmitter emitter(recorder, kAttempt, kMaxImages);
      const std::string file = Bytes(size);
      Send(emitter, EventKind::kCompleted, file, step);

      std::vector<v1::ImageChunk> sent;
      for (const auto& event : recorder.events) {
        ASSERT_TRUE(event.has_image_chunk());
        sent.push_back(event.image_chunk());
      }
      EXPECT_EQ(Join(sent, 0), file);
      ASSERT_EQ(emitter.images().size(), 1U);
      const FileInfo& image = emitter.images().front();
      EXPECT_EQ(image.head, file.substr(0, image.head.size()));
      EXPECT_GE(image.head.size(), std::min(size, kSignatureBytes));
      EXPECT_EQ(image.size_bytes, static_cast<std::int64_t>(size));
      EXPECT_EQ(image.sha256, client::Sha256Of(file));
      EXPECT_TRUE(image.is_whole);
      EXPECT_EQ(emitter.sent().images(), 1);
      EXPECT_EQ(emitter.sent().previews(), 0);
      EXPECT_EQ(emitter.sent().bytes(), static_cast<std::int64_t>(size));
    }
  }
}

TEST(ImageEmitter, SendsBeforeTheImageIsThere) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  emitter.BeginDocument(EventKind::kCompleted);
  std::size_t written = 0;
  for (int i = 0; i < 100; ++i) {
    std::string& buffer = emitter.BufferFor(0);
    EXPECT_LE(buffer.size() + kMaxImageStep, kMaxEventData);
    buffer.append(kMaxImageStep, 'x');
    written += kMaxImageStep;
    EXPECT_LE(written - static_cast<std::size_t>(emitter.sent().bytes()), kMaxEventData);
  }
  EXPECT_EQ(emitter.sent().images(), 0) << "it is not complete";
  emitter.OnImageEnd(0, Base64Fault::kNone);
  EXPECT_EQ(emitter.sent().images(), 1);
  EXPECT_EQ(emitter.sent().bytes(), static_cast<std::int64_t>(written));
}

TEST(ImageEmitter, CountsImagesAndPreviewsApart) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  const std::vector<std::pair<EventKind, std::string>> files = {{EventKind::kPartialImage, "first preview"},
                                                                {EventKind::kPartialImage, "2"},
                                                                {EventKind::kCompleted, "first image"},
                                                                {EventKind::kPartialImage, "third"},
                                                                {EventKind::kCompleted, "second image"}};
  for (const auto& [kind, file] : files) Send(emitter, kind, file, 4);
  ASSERT_EQ(emitter.images().size(), 2U);
  EXPECT_EQ(emitter.images()[0].head, "first image");
  EXPECT_EQ(emitter.images()[0].sha256, client::Sha256Of("first image"));
  EXPECT_EQ(emitter.images()[1].head, "second image");
  EXPECT_EQ(emitter.images()[1].sha256, client::Sha256Of("second image"));
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

// The chunks of the events, of images or of previews.
std::vector<v1::ImageChunk> Chunks(const RecordedEvents& recorder, bool previews = false) {
  std::vector<v1::ImageChunk> chunks;
  for (const auto& event : recorder.events) {
    if (previews && event.has_partial_image()) chunks.push_back(event.partial_image());
    if (!previews && event.has_image_chunk()) chunks.push_back(event.image_chunk());
  }
  return chunks;
}

TEST(ImageEmitter, AFileThatIsCutOffHasAnEndAndADefect) {
  for (const EventKind kind : {EventKind::kPartialImage, EventKind::kCompleted}) {
    RecordedEvents recorder;
    ImageEmitter emitter(recorder, kAttempt, kMaxImages);
    emitter.BeginDocument(kind);
    Append(emitter, "cut off", 10);
    EXPECT_TRUE(emitter.EndEvent({}));
    Send(emitter, EventKind::kCompleted, "whole", 5);
    const bool is_preview = kind == EventKind::kPartialImage;
    const std::vector<v1::ImageChunk> cut = Chunks(recorder, is_preview);
    EXPECT_EQ(Join({cut.front()}, 0), "cut off");
    EXPECT_EQ(Join({Chunks(recorder).back()}, is_preview ? 0 : 1), "whole");
    EXPECT_EQ(emitter.images().back().sha256, client::Sha256Of("whole"));
    EXPECT_EQ(emitter.images().back().head, "whole");
    EXPECT_TRUE(emitter.images().back().is_whole);
    if (is_preview) {
      EXPECT_THAT(cut.front().defects(), testing::Contains(v1::IMAGE_DEFECT_INCOMPLETE));
    } else {
      EXPECT_FALSE(emitter.images().front().is_whole);
    }
    EXPECT_EQ(emitter.sent().images(), 1);
    EXPECT_EQ(emitter.sent().previews(), 0);
  }
}

TEST(ImageEmitter, FinishEndsAFileThatTheReplyCutOff) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  Send(emitter, EventKind::kCompleted, "whole", 5);
  emitter.BeginDocument(EventKind::kPartialImage);
  Append(emitter, "cut off", 10);
  emitter.Finish(1);
  EXPECT_EQ(Join(Chunks(recorder, /*previews=*/true), 0), "cut off");
  EXPECT_EQ(Join(Chunks(recorder), 0), "whole");
}

TEST(ImageEmitter, ThePreviewsLastChunkHasTheEventsFields) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  const std::string file = "\x89PNG\r\n\x1A\n" + Bytes(300'000);
  emitter.BeginDocument(EventKind::kPartialImage);
  Append(emitter, file, 10'000);
  emitter.OnImageEnd(0, Base64Fault::kSkipped);
  EXPECT_TRUE(emitter.EndEvent({{"partial_image_index", 7}, {"more", true}}));
  const std::vector<v1::ImageChunk> chunks = Chunks(recorder, /*previews=*/true);
  EXPECT_EQ(Join(chunks, 0), file);
  EXPECT_FALSE(chunks.front().has_partial_image_index());
  EXPECT_EQ(chunks.front().media_type(), "image/png");
  EXPECT_EQ(chunks.back().partial_image_index(), 7);
  EXPECT_TRUE(chunks.back().additional_fields().fields().at("more").bool_value());
  EXPECT_THAT(chunks.back().defects(), testing::ElementsAre(v1::IMAGE_DEFECT_INVALID_BASE64));
}

TEST(ImageEmitter, APreviewWithoutBytesIsOneEmptyChunk) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  emitter.BeginDocument(EventKind::kPartialImage);
  EXPECT_TRUE(emitter.EndEvent({{"partial_image_index", 7}}));
  ASSERT_EQ(recorder.events.size(), 1U);
  const v1::ImageChunk& chunk = recorder.events.front().partial_image();
  EXPECT_TRUE(chunk.last());
  EXPECT_EQ(chunk.data(), "");
  EXPECT_EQ(chunk.partial_image_index(), 7);
  EXPECT_THAT(chunk.defects(), testing::ElementsAre(v1::IMAGE_DEFECT_INCOMPLETE));
  EXPECT_TRUE(emitter.has_sent_anything());
  EXPECT_EQ(emitter.sent().previews(), 0);
}

TEST(ImageEmitter, ATooLargeFileIsCutOff) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  emitter.BeginDocument(EventKind::kCompleted);
  Append(emitter, "first part", 10, /*index=*/0);
  emitter.OnImageTooLarge(0);
  Append(emitter, "second", 10, /*index=*/1);
  emitter.OnImageEnd(1, Base64Fault::kNone);
  ASSERT_EQ(emitter.images().size(), 2U);
  EXPECT_TRUE(emitter.images()[0].is_too_large);
  EXPECT_FALSE(emitter.images()[0].is_whole);
  EXPECT_TRUE(emitter.images()[1].is_whole);
  EXPECT_EQ(emitter.sent().images(), 1);
}

// Without a signature that is known.
TEST(ImageEmitter, TheFirstChunkHasTheTypeThatWasReportedBeforeIt) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  emitter.BeginDocument(EventKind::kCompleted);
  emitter.OnMediaType(0, "image/jxl");
  for (int i = 0; i < 2; ++i) {
    Append(emitter, "?", 1, i);
    emitter.OnImageEnd(i, Base64Fault::kNone);
  }
  const std::vector<v1::ImageChunk> chunks = Chunks(recorder);
  ASSERT_EQ(chunks.size(), 2U);
  EXPECT_EQ(chunks[0].media_type(), "image/jxl");
  EXPECT_EQ(chunks[1].media_type(), "application/octet-stream");
}

TEST(ImageEmitter, ImagesWithoutBytesKeepTheirPlaces) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  emitter.BeginDocument(EventKind::kCompleted);
  emitter.OnImageEnd(0, Base64Fault::kNone);
  Append(emitter, "second", 6, /*index=*/1);
  emitter.OnImageEnd(1, Base64Fault::kNone);
  emitter.Finish(3);
  const std::vector<v1::ImageChunk> chunks = Chunks(recorder);
  ASSERT_EQ(chunks.size(), 3U);
  for (const int place : {0, 2}) {
    const v1::ImageChunk& chunk = chunks[static_cast<std::size_t>(place)];
    EXPECT_EQ(chunk.index(), place);
    EXPECT_TRUE(chunk.last());
    EXPECT_EQ(chunk.data(), "");
    EXPECT_EQ(chunk.attempt(), kAttempt);
    EXPECT_EQ(emitter.images()[static_cast<std::size_t>(place)].sha256, client::Sha256Of(""));
  }
  EXPECT_EQ(Join({chunks[1]}, 1), "second");
  EXPECT_EQ(emitter.sent().images(), 1);

  // Of a stream, the place is that of the event.
  RecordedEvents of_events;
  ImageEmitter streamed(of_events, kAttempt, kMaxImages);
  for (const std::string file : {"", "second"}) Send(streamed, EventKind::kCompleted, file, 6);
  ASSERT_EQ(Chunks(of_events).size(), 2U);
  EXPECT_EQ(Chunks(of_events)[0].data(), "");
  EXPECT_EQ(Join({Chunks(of_events)[1]}, 1), "second");
}

TEST(ImageEmitter, AllImagesMayHaveNoBytes) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  Send(emitter, EventKind::kCompleted, "", 1);
  EXPECT_TRUE(recorder.events.empty());
  EXPECT_FALSE(emitter.has_whole_image());
  EXPECT_FALSE(emitter.has_sent_anything());
}

TEST(ImageEmitter, ImagesAfterTheLastAreSurplus) {
  RecordedEvents recorder;
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  for (int i = 0; i < kMaxImages; ++i) Send(emitter, EventKind::kCompleted, "image", 5);
  const std::size_t sent = recorder.events.size();
  emitter.BeginDocument(EventKind::kUndetermined);
  emitter.OnEventType("image_generation.completed");
  EXPECT_EQ(emitter.kind(), EventKind::kSurplus);
  Append(emitter, "image", 5);
  emitter.OnImageEnd(0, Base64Fault::kNone);
  EXPECT_TRUE(emitter.EndEvent({}));
  EXPECT_EQ(recorder.events.size(), sent);
  EXPECT_EQ(emitter.images().size(), static_cast<std::size_t>(kMaxImages));
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
    ImageEmitter emitter(recorder, kAttempt, kMaxImages);
    emitter.BeginDocument(EventKind::kUndetermined);
    Append(emitter, file, 10'000);
    emitter.OnImageEnd(0, Base64Fault::kNone);
    EXPECT_TRUE(recorder.events.empty());
    emitter.OnEventType(row.type);
    // The first type counts.
    emitter.OnEventType("another");
    EXPECT_EQ(emitter.kind(), row.kind);
    const bool is_sent = row.previews + row.images > 0;
    EXPECT_EQ(emitter.EndEvent({{"partial_image_index", 4}}), !is_sent);
    recorder.full = true;
    EXPECT_EQ(emitter.SendHeld(/*all=*/false), !is_sent);
    EXPECT_TRUE(recorder.events.empty());
    EXPECT_TRUE(emitter.SendHeld(/*all=*/true));
    EXPECT_EQ(emitter.sent().bytes(), is_sent ? static_cast<std::int64_t>(file.size()) : 0);
    EXPECT_EQ(emitter.sent().previews(), row.previews);
    EXPECT_EQ(emitter.sent().images(), row.images);
    if (row.previews > 0) {
      EXPECT_EQ(recorder.events.back().partial_image().partial_image_index(), 4);
    }
  }
}

// A digest serves whoever puts chunks together, and costs time.
TEST(ImageEmitter, HasNoDigestForASinkThatDoesNotDeliver) {
  RecordedEvents recorder(/*delivers=*/false);
  ImageEmitter emitter(recorder, kAttempt, kMaxImages);
  Send(emitter, EventKind::kCompleted, "image", 5);
  EXPECT_EQ(emitter.images()[0].size_bytes, 5);
  EXPECT_EQ(emitter.images()[0].sha256, "");
}

}  // namespace
}  // namespace openrouter_images::upstream
