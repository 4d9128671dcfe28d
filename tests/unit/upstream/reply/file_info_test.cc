#include "service/upstream/reply/file_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "service/json/json_struct.h"

namespace openrouter_images::upstream {
namespace {

const std::string kPng = "\x89PNG\r\n\x1A\n and so on";

boost::json::object Object(const std::string& text) {
  return boost::json::parse(text).as_object();
}

FileInfo File(const std::string& bytes, Base64Fault fault = Base64Fault::kNone, bool is_whole = true) {
  FileInfo file;
  file.head = bytes;
  file.size_bytes = static_cast<std::int64_t>(bytes.size());
  file.fault = fault;
  file.is_whole = is_whole;
  return file;
}

struct FileRow {
  const char* name;
  FileInfo file;
  std::string fields;
  std::string media_type;
  std::string upstream_media_type;
  std::vector<int> defects;
};

class ReadImageInfoTable : public testing::TestWithParam<FileRow> {};

TEST_P(ReadImageInfoTable, KnowsTypeAndDefects) {
  const FileRow& row = GetParam();
  const v1::ImageInfo info = ReadImageInfo(row.file, Object(row.fields));
  EXPECT_EQ(info.media_type(), row.media_type);
  EXPECT_EQ(info.upstream_media_type(), row.upstream_media_type);
  EXPECT_THAT(info.defects(), testing::ElementsAreArray(row.defects));
  EXPECT_EQ(info.size_bytes(), row.file.size_bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadImageInfoTable,
    testing::Values(
        FileRow{"by_signature", File(kPng), "{}", "image/png", "", {}},
        FileRow{"as_reported", File(kPng), R"({"media_type":"image/png"})", "image/png", "image/png", {}},
        FileRow{"mismatch",
                File(kPng),
                R"({"media_type":"image/webp"})",
                "image/png",
                "image/webp",
                {v1::IMAGE_DEFECT_MEDIA_TYPE_MISMATCH}},
        FileRow{"text_as_png",
                File("I cannot"),
                R"({"media_type":"image/png"})",
                "image/png",
                "image/png",
                {v1::IMAGE_DEFECT_UNKNOWN_FORMAT}},
        FileRow{
            "unknown", File("?"), "{}", "application/octet-stream", "", {v1::IMAGE_DEFECT_UNKNOWN_FORMAT}},
        FileRow{"skipped",
                File(kPng, Base64Fault::kSkipped),
                "{}",
                "image/png",
                "",
                {v1::IMAGE_DEFECT_INVALID_BASE64}},
        FileRow{"svg_as_text",
                File("<svg/>", Base64Fault::kNotBase64),
                "{}",
                "image/svg+xml",
                "",
                {v1::IMAGE_DEFECT_NOT_BASE64}},
        FileRow{"cut_off",
                File(kPng, Base64Fault::kNone, false),
                "{}",
                "image/png",
                "",
                {v1::IMAGE_DEFECT_INCOMPLETE}},
        FileRow{"no_bytes",
                File("", Base64Fault::kNone, false),
                R"({"media_type":"image/png"})",
                "image/png",
                "image/png",
                {v1::IMAGE_DEFECT_INCOMPLETE}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReadImageInfo, AMediaTypeThatIsNoneIsAnotherField) {
  const std::string longest(255, 'x');
  EXPECT_EQ(ReadImageInfo(File(kPng), {{"media_type", longest}}).upstream_media_type(), longest);
  const v1::ImageInfo too_long = ReadImageInfo(File(kPng), {{"media_type", longest + "x"}});
  EXPECT_EQ(too_long.upstream_media_type(), "");
  EXPECT_TRUE(too_long.additional_fields().fields().contains("media_type"));
  EXPECT_TRUE(
      ReadImageInfo(File(kPng), {{"media_type", 7}}).additional_fields().fields().contains("media_type"));
}

TEST(ReadImageInfo, HasOwnFieldsWhateverTheUpstreamSays) {
  const v1::ImageInfo info =
      ReadImageInfo(File(kPng), Object(R"({"size_bytes":1,"sha256":"eA==","defects":[],"created":3})"));
  EXPECT_EQ(info.size_bytes(), static_cast<std::int64_t>(kPng.size()));
  EXPECT_EQ(info.sha256(), "");
  EXPECT_EQ(info.created(), 3);
  EXPECT_EQ(json::FromStruct(info.additional_fields()),
            boost::json::parse(R"({"size_bytes":1,"sha256":"eA==","defects":[]})"));
}

TEST(ReadPreviewInfo, FillsInTheLastChunk) {
  v1::ImageChunk chunk;
  ReadPreviewInfo(
      File("rough", Base64Fault::kSkipped),
      Object(R"({"type":"image_generation.partial_image","partial_image_index":3,"more":{"a":1}})"), chunk);
  EXPECT_EQ(chunk.partial_image_index(), 3);
  EXPECT_THAT(chunk.defects(),
              testing::ElementsAre(v1::IMAGE_DEFECT_UNKNOWN_FORMAT, v1::IMAGE_DEFECT_INVALID_BASE64));
  EXPECT_EQ(json::FromStruct(chunk.additional_fields()), boost::json::parse(R"({"more":{"a":1}})"));
}

TEST(ReadPreviewInfo, FieldsThatDoNotFitOneMessageAreLeftOut) {
  v1::ImageChunk chunk;
  ReadPreviewInfo(File(kPng), {{"partial_image_index", "first"}, {"more", std::string(600'000, 'x')}}, chunk);
  EXPECT_FALSE(chunk.has_partial_image_index());
  EXPECT_FALSE(chunk.has_additional_fields());
}

}  // namespace
}  // namespace openrouter_images::upstream
