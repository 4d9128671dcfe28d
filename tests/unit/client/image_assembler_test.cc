// What the assembler accepts, and every way in which a stream can be wrong.
#include "client/image_assembler.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace openrouter_images::client {
namespace {

struct ChunkFields {
  int index;
  int64_t offset;
  std::string data;
  bool last;
};

v1::ImageChunk MakeChunk(const ChunkFields& fields) {
  v1::ImageChunk chunk;
  chunk.set_index(fields.index);
  chunk.set_offset(fields.offset);
  chunk.set_data(fields.data);
  chunk.set_last(fields.last);
  return chunk;
}

v1::GenerationCompleted Completed(const std::vector<std::string>& files) {
  v1::GenerationCompleted completed;
  for (const std::string& file : files) {
    v1::ImageInfo& info = *completed.add_images();
    info.set_size_bytes(static_cast<int64_t>(file.size()));
    info.set_sha256(Sha256Of(file));
  }
  return completed;
}

// The first thing that is wrong; empty for nothing.
std::string Judge(const std::vector<ChunkFields>& chunks, const v1::GenerationCompleted& completed) {
  ImageAssembler assembler;
  for (const ChunkFields& fields : chunks) {
    if (auto violation = assembler.AddImage(MakeChunk(fields))) return *violation;
  }
  return assembler.Complete(completed).value_or("");
}

TEST(Sha256Test, ChunksMakeTheSameSum) {
  Sha256 hash;
  hash.Add("a");
  hash.Add("");
  hash.Add("bc");
  EXPECT_EQ(hash.Finish().substr(0, 4), "\xBA\x78\x16\xBF");
}

TEST(ImageAssemblerTest, EveryDivisionOfTwoImages) {
  const std::string first = "first image";
  const std::string second = "and another";
  for (size_t cut = 0; cut <= first.size(); ++cut) {
    for (size_t other = 0; other <= second.size(); ++other) {
      EXPECT_EQ(Judge({{0, 0, first.substr(0, cut), false},
                       {0, static_cast<int64_t>(cut), first.substr(cut), true},
                       {1, 0, second.substr(0, other), false},
                       {1, static_cast<int64_t>(other), second.substr(other), true}},
                      Completed({first, second})),
                "");
    }
  }
}

TEST(ImageAssemblerTest, Violations) {
  v1::GenerationCompleted other_size = Completed({"abcd"});
  other_size.mutable_images(0)->set_size_bytes(5);
  v1::GenerationCompleted no_sum = Completed({"abcd"});
  no_sum.mutable_images(0)->clear_sha256();
  struct Row {
    const char* name;
    std::vector<ChunkFields> chunks;
    v1::GenerationCompleted completed;
    const char* violation;
  };
  const Row rows[] = {
      {"gap",
       {{0, 0, "ab", false}, {0, 3, "d", true}},
       Completed({"abcd"}),
       "The chunks of image 0 leave a gap: one begins at byte 3, and 2 were received."},
      {"overlap",
       {{0, 0, "ab", false}, {0, 1, "bcd", true}},
       Completed({"abcd"}),
       "The chunks of image 0 overlap: one begins at byte 1, and 2 were received."},
      {"no beginning",
       {{0, 2, "cd", true}},
       Completed({"abcd"}),
       "The chunks of image 0 leave a gap: one begins at byte 2, and 0 were received."},
      {"next before the end",
       {{0, 0, "ab", false}, {1, 0, "x", true}},
       Completed({"ab", "x"}),
       "A chunk of image 1 came where image 0 had not ended."},
      {"image left out",
       {{1, 0, "x", true}},
       Completed({"x"}),
       "A chunk of image 1 came where image 0 was due."},
      {"image again",
       {{0, 0, "abcd", true}, {0, 0, "abcd", true}},
       Completed({"abcd"}),
       "A chunk of image 0 came where image 1 was due."},
      {"no last chunk",
       {{0, 0, "abcd", false}},
       Completed({"abcd"}),
       "The end came before the last chunk of image 0."},
      {"image missing",
       {{0, 0, "abcd", true}},
       Completed({"abcd", "x"}),
       "The service speaks of 2 images and sent 1."},
      {"image too many",
       {{0, 0, "abcd", true}, {1, 0, "x", true}},
       Completed({"abcd"}),
       "The service speaks of 1 images and sent 2."},
      {"other size", {{0, 0, "abcd", true}}, other_size, "Image 0 has 5 bytes, and 4 were received."},
      {"other bytes",
       {{0, 0, "abcX", true}},
       Completed({"abcd"}),
       "Image 0 was damaged on its way: its SHA-256 is not the one it was sent with."},
      {"no sum",
       {{0, 0, "abcd", true}},
       no_sum,
       "Image 0 was damaged on its way: its SHA-256 is not the one it was sent with."},
      {"second one damaged",
       {{0, 0, "abcd", true}, {1, 0, "X", true}},
       Completed({"abcd", "x"}),
       "Image 1 was damaged on its way: its SHA-256 is not the one it was sent with."},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Judge(row.chunks, row.completed), row.violation);
  }
}

TEST(ImageAssemblerTest, NothingComesAfterTheEnd) {
  ImageAssembler assembler;
  EXPECT_EQ(assembler.Complete(Completed({})), std::nullopt);
  EXPECT_EQ(assembler.AddImage(MakeChunk({0, 0, "x", true})), "A chunk of an image came after the end.");
  EXPECT_EQ(assembler.Complete(Completed({})), "The end came twice.");
}

TEST(ImageAssemblerTest, AnImageMayHaveNoBytes) {
  EXPECT_EQ(Judge({{0, 0, "", true}, {1, 0, "x", true}}, Completed({"", "x"})), "");
}

TEST(ImageAssemblerTest, PreviewsAreHandedOutWhole) {
  ImageAssembler assembler;
  std::optional<ImageAssembler::Preview> whole;
  v1::ImageChunk first = MakeChunk({0, 0, "ab", false});
  first.set_media_type("image/png");
  EXPECT_EQ(assembler.AddPreview(first, &whole), std::nullopt);
  EXPECT_FALSE(whole.has_value());
  EXPECT_EQ(assembler.AddPreview(MakeChunk({0, 2, "c", true}), &whole), std::nullopt);
  EXPECT_EQ(whole->file, "abc");
  EXPECT_EQ(whole->media_type, "image/png");
  EXPECT_EQ(assembler.AddPreview(MakeChunk({1, 0, "next", true}), &whole), std::nullopt);
  EXPECT_EQ(whole->file, "next");
  EXPECT_EQ(whole->media_type, "");
  EXPECT_EQ(assembler.previews(), 2);
  EXPECT_EQ(assembler.AddPreview(MakeChunk({2, 1, "x", true}), &whole),
            "The chunks of preview 2 leave a gap: one begins at byte 1, and 0 were received.");
}

}  // namespace
}  // namespace openrouter_images::client
