#include "service/upstream/reply/image_emitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/upstream/codec/media_type.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "tests/support/recorded_events.h"
#include "tests/support/sha256.h"

namespace openrouter::images::upstream {
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

void Send(PictureChunks& chunks, PictureChunks::Kind kind, std::string_view file, std::size_t step) {
  chunks.Begin(kind);
  while (!file.empty()) {
    chunks.Buffer().append(file.substr(0, step));
    file.remove_prefix(std::min(step, file.size()));
  }
  chunks.End();
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

TEST(PictureChunks, AddUpToThePictureWhateverItsSizeAndSteps) {
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{511}, std::size_t{512}, std::size_t{513}, kMaxPictureStep,
        kMaxPictureStep + 1, std::size_t{128} << 10, (std::size_t{128} << 10) + 1, std::size_t{700'000}}) {
    for (const std::size_t step : {std::size_t{1000}, std::size_t{40'001}, kMaxPictureStep}) {
      SCOPED_TRACE(testing::Message() << size << " bytes in steps of " << step);
      RecordedEvents recorder;
      PictureChunks chunks(recorder);
      const std::string picture = Bytes(size);
      Send(chunks, PictureChunks::Kind::kPicture, picture, step);

      std::vector<v1::ImageChunk> sent;
      for (const auto& event : recorder.events) {
        ASSERT_TRUE(event.has_image_chunk());
        sent.push_back(event.image_chunk());
      }
      EXPECT_EQ(Join(sent, 0), picture);
      EXPECT_EQ(chunks.head(), picture.substr(0, chunks.head().size()));
      EXPECT_GE(chunks.head().size(), std::min(size, kSignatureBytes));
      EXPECT_EQ(chunks.digest().size_bytes(), static_cast<std::int64_t>(size));
      EXPECT_EQ(chunks.digest().sha256(), Sha256(picture));
      EXPECT_EQ(chunks.digest().media_type(), "");
      EXPECT_EQ(chunks.delivered().images(), 1);
      EXPECT_EQ(chunks.delivered().previews(), 0);
      EXPECT_EQ(chunks.delivered().bytes(), static_cast<std::int64_t>(size));
    }
  }
}

TEST(PictureChunks, SendBeforeThePictureIsThere) {
  RecordedEvents recorder;
  PictureChunks chunks(recorder);
  chunks.Begin(PictureChunks::Kind::kPicture);
  std::size_t written = 0;
  for (int i = 0; i < 100; ++i) {
    std::string& buffer = chunks.Buffer();
    EXPECT_LE(buffer.size() + kMaxPictureStep, kMaxEventData);
    buffer.append(kMaxPictureStep, 'x');
    written += kMaxPictureStep;
    EXPECT_LE(written - static_cast<std::size_t>(chunks.delivered().bytes()), kMaxEventData);
  }
  EXPECT_EQ(chunks.delivered().images(), 0) << "it is not complete";
  chunks.End();
  EXPECT_EQ(chunks.delivered().bytes(), static_cast<std::int64_t>(written));
}

TEST(PictureChunks, CountPicturesAndPreviewsApart) {
  RecordedEvents recorder;
  PictureChunks chunks(recorder);
  using Kind = PictureChunks::Kind;
  const std::vector<std::pair<Kind, std::string>> files = {{Kind::kPreview, "first preview"},
                                                           {Kind::kPreview, "2"},
                                                           {Kind::kPicture, "first picture"},
                                                           {Kind::kPreview, "third"},
                                                           {Kind::kPicture, "second picture"}};
  std::vector<std::string> sums;
  for (const auto& [kind, file] : files) {
    Send(chunks, kind, file, 4);
    EXPECT_EQ(chunks.head(), file);
    // A preview leaves the digest of the picture before it alone.
    sums.push_back(chunks.digest().sha256());
  }
  EXPECT_EQ(sums, (std::vector<std::string>{"", "", Sha256("first picture"), Sha256("first picture"),
                                            Sha256("second picture")}));
  EXPECT_EQ(chunks.delivered().previews(), 3);
  EXPECT_EQ(chunks.delivered().images(), 2);

  ASSERT_EQ(recorder.events.size(), files.size());
  int previews = 0;
  int pictures = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& event = recorder.events[i];
    const bool is_picture = files[i].first == Kind::kPicture;
    ASSERT_EQ(event.has_image_chunk(), is_picture);
    EXPECT_EQ(Join({is_picture ? event.image_chunk() : event.partial_image()},
                   is_picture ? pictures++ : previews++),
              files[i].second);
  }
}

TEST(PictureChunks, AFileThatWasBrokenOffLeavesNothingInTheNext) {
  RecordedEvents recorder;
  PictureChunks chunks(recorder);
  chunks.Begin(PictureChunks::Kind::kPicture);
  chunks.Buffer() += "broken off";
  Send(chunks, PictureChunks::Kind::kPicture, "whole", 5);
  ASSERT_EQ(recorder.events.size(), 1u);
  EXPECT_EQ(Join({recorder.events[0].image_chunk()}, 0), "whole");
  EXPECT_EQ(chunks.digest().sha256(), Sha256("whole"));
  EXPECT_EQ(chunks.head(), "whole");
}

}  // namespace
}  // namespace openrouter::images::upstream
