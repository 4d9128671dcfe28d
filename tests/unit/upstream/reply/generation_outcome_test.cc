#include "service/upstream/reply/generation_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "service/json/json_struct.h"

namespace openrouter_images::upstream {
namespace {

FileInfo Png() {
  FileInfo file;
  file.head = "\x89PNG\r\n\x1A\n and so on";
  file.size_bytes = 100;
  file.is_whole = true;
  return file;
}

boost::json::object Object(const std::string& text) {
  return boost::json::parse(text).as_object();
}

v1::GenerationCompleted Document(const std::string& text, const std::vector<FileInfo>& files) {
  v1::GenerationCompleted completed;
  const boost::json::object reply = Object(text);
  ReadDocument(reply, ItemsOf(reply), files, completed);
  return completed;
}

v1::GenerationCompleted Events(const std::vector<std::string>& texts, const std::vector<FileInfo>& files) {
  std::vector<boost::json::object> events;
  for (const std::string& text : texts) events.push_back(Object(text));
  v1::GenerationCompleted completed;
  ReadEvents(events, files, completed);
  return completed;
}

boost::json::value Json(const google::protobuf::Struct& fields) {
  return json::FromStruct(fields);
}

TEST(ReadDocument, AnItemKeepsItsType) {
  const boost::json::object reply = Object(R"({"data":[{"type":"image"}]})");
  v1::GenerationCompleted completed;
  ReadDocument(reply, ItemsOf(reply), {}, completed);
  EXPECT_EQ(completed.images(0).additional_fields().fields().at("type").string_value(), "image");

  v1::GenerationCompleted of_events;
  ReadEvents({Object(R"({"type":"image_generation.completed"})")}, {}, of_events);
  EXPECT_FALSE(of_events.images(0).has_additional_fields());
}

TEST(ReadDocument, ReadsTheReplyAndItsImages) {
  const v1::GenerationCompleted completed = Document(
      R"({"created":1748372400,"data":[{"media_type":"image/png","revised_prompt":"x","size_bytes":1},{}],)"
      R"("usage":{"cost":0.04,"novel":{"a":1}},"provider":"x","images":7,"call":{"attempts":9}})",
      {Png(), Png()});
  EXPECT_EQ(completed.created(), 1748372400);
  ASSERT_EQ(completed.images_size(), 2);
  EXPECT_EQ(completed.images(0).upstream_media_type(), "image/png");
  EXPECT_EQ(completed.images(0).size_bytes(), 100);
  EXPECT_EQ(Json(completed.images(0).additional_fields()),
            boost::json::parse(R"({"revised_prompt":"x","size_bytes":1})"));
  EXPECT_EQ(completed.usage().cost(), 0.04);
  EXPECT_EQ(Json(completed.usage().additional_fields()), boost::json::parse(R"({"novel":{"a":1}})"));
  EXPECT_FALSE(completed.has_call());
  EXPECT_EQ(Json(completed.additional_fields()),
            boost::json::parse(R"({"provider":"x","images":7,"call":{"attempts":9}})"));
}

TEST(ReadDocument, WhatTheUpstreamLeftOutIsUnset) {
  const v1::GenerationCompleted completed = Document(R"({"data":[{}]})", {Png()});
  EXPECT_FALSE(completed.has_created());
  EXPECT_FALSE(completed.has_usage());
  EXPECT_FALSE(completed.has_additional_fields());
}

TEST(ReadDocument, KeepsFieldsOfAnotherType) {
  EXPECT_EQ(Document(R"({"created":5.0,"usage":null,"data":[{}]})", {Png()}).created(), 5);
  const v1::GenerationCompleted completed =
      Document(R"({"created":"today","usage":[1],"data":[{}]})", {Png()});
  EXPECT_FALSE(completed.has_usage());
  EXPECT_EQ(Json(completed.additional_fields()), boost::json::parse(R"({"created":"today","usage":[1]})"));
}

// Each entry keeps its place, whatever it is.
TEST(ReadDocument, OddEntriesAreImagesWithoutBytes) {
  const v1::GenerationCompleted completed =
      Document(R"({"data":[null,{"url":"https://x/y.png"},"text",{"b64_json":7},{"b64_json":null}]})",
               {FileInfo(), FileInfo()});
  ASSERT_EQ(completed.images_size(), 5);
  for (const v1::ImageInfo& image : completed.images()) {
    EXPECT_THAT(image.defects(), testing::ElementsAre(v1::IMAGE_DEFECT_INCOMPLETE));
    EXPECT_EQ(image.size_bytes(), 0);
  }
  EXPECT_FALSE(completed.images(0).has_additional_fields());
  EXPECT_EQ(Json(completed.images(1).additional_fields()),
            boost::json::parse(R"({"url":"https://x/y.png"})"));
  EXPECT_EQ(Json(completed.images(2).additional_fields()), boost::json::parse(R"({"data":"text"})"));
  EXPECT_EQ(Json(completed.images(3).additional_fields()), boost::json::parse(R"({"b64_json":7})"));
  EXPECT_FALSE(completed.images(4).has_additional_fields());
}

TEST(ReadEvents, EachImageHasItsOwnFields) {
  const v1::GenerationCompleted completed = Events(
      {R"({"type":"image_generation.completed","created":1,"usage":{"cost":0.1},"media_type":"image/png","a":1})",
       R"({"type":"image_generation.completed","created":2,"usage":{"cost":0.2},"b":{"c":2}})"},
      {Png(), Png()});
  ASSERT_EQ(completed.images_size(), 2);
  EXPECT_EQ(completed.images(0).created(), 1);
  EXPECT_EQ(completed.images(0).usage().cost(), 0.1);
  EXPECT_EQ(completed.images(0).upstream_media_type(), "image/png");
  EXPECT_EQ(Json(completed.images(0).additional_fields()), boost::json::parse(R"({"a":1})"));
  EXPECT_EQ(completed.images(1).created(), 2);
  EXPECT_EQ(completed.images(1).usage().cost(), 0.2);
  EXPECT_EQ(Json(completed.images(1).additional_fields()), boost::json::parse(R"({"b":{"c":2}})"));
  EXPECT_EQ(completed.created(), 2) << "that of the last";
  EXPECT_EQ(completed.usage().cost(), 0.2) << "that of the last";
  EXPECT_FALSE(completed.has_additional_fields());
}

TEST(ReadEvents, WhatTheUpstreamLeftOutIsUnset) {
  const v1::GenerationCompleted completed = Events({"{}"}, {Png()});
  EXPECT_FALSE(completed.has_created());
  EXPECT_FALSE(completed.has_usage());
  EXPECT_FALSE(completed.images(0).has_created());
  EXPECT_FALSE(completed.images(0).has_usage());
}

constexpr std::size_t kMaxMessage = 1024 * 1024;

TEST(CutToFit, LeavesOutAllAdditionalFields) {
  v1::GenerationCompleted completed =
      Events({R"({"usage":{"cost":0.1,"cost_details":{"x":1}},"more":")" + std::string(600'000, 'x') + "\"}",
              R"({"more":")" + std::string(600'000, 'x') + "\"}"},
             {Png(), Png()});
  CutToFit(completed);
  EXPECT_LE(completed.ByteSizeLong(), kMaxMessage);
  EXPECT_TRUE(completed.additional_fields_dropped());
  for (const v1::ImageInfo& image : completed.images()) EXPECT_FALSE(image.has_additional_fields());
  EXPECT_EQ(completed.usage().cost(), 0.1);
  EXPECT_FALSE(completed.usage().cost_details().has_additional_fields());
  EXPECT_FALSE(completed.images(1).has_usage()) << "the event had none";
}

TEST(CutToFit, UsageStaysUnsetWhenTheUpstreamSentNone) {
  v1::GenerationCompleted completed =
      Document(R"({"data":[{}],"more":")" + std::string(1'200'000, 'x') + "\"}", {Png()});
  CutToFit(completed);
  EXPECT_TRUE(completed.additional_fields_dropped());
  EXPECT_FALSE(completed.has_usage());
}

TEST(CutToFit, LeavesOutLongListsAtLast) {
  std::string list = "[{\"input_tokens\":1}";
  for (int i = 0; i < 300'000; ++i) list += ",{\"input_tokens\":1}";
  v1::GenerationCompleted completed =
      Events({R"({"usage":{"cost":0.1,"iterations":)" + list + "]}}"}, {Png()});
  ASSERT_GT(completed.ByteSizeLong(), kMaxMessage);
  CutToFit(completed);
  EXPECT_LE(completed.ByteSizeLong(), kMaxMessage);
  EXPECT_EQ(completed.usage().cost(), 0.1);
  EXPECT_EQ(completed.images(0).usage().cost(), 0.1);
}

TEST(CutToFit, LeavesWhatFits) {
  v1::GenerationCompleted completed = Document(R"({"data":[{"a":1}],"b":2})", {Png()});
  CutToFit(completed);
  EXPECT_FALSE(completed.additional_fields_dropped());
  EXPECT_TRUE(completed.has_additional_fields());
  EXPECT_TRUE(completed.images(0).has_additional_fields());
}

}  // namespace
}  // namespace openrouter_images::upstream
