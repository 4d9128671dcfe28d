#include "service/upstream/reply/generation_outcome.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <utility>

#include "service/json/json_struct.h"

namespace openrouter::images::upstream {
namespace {

using Verdict = GenerationVerdict;

const std::string kPng = "\x89PNG\r\n\x1A\n and so on";

std::string Item(const std::string& bytes, const std::string& more = "") {
  return R"({"b64_json":")" + absl::Base64Escape(bytes) + "\"" + more + "}";
}

std::pair<GenerationReply, v1::GenerateImagesResponse> Read(const std::string& text) {
  v1::GenerateImagesResponse response;
  ResponsePictures sink(response);
  ImageReplyReader reader(ImageReplyReader::Document::kReply, {}, sink);
  EXPECT_TRUE(reader.Write(text));
  const auto document = reader.Finish();
  EXPECT_TRUE(document);
  const GenerationReply reply = CompleteResponse(*document, response);
  return {reply, std::move(response)};
}

TEST(GenerationReply, CompletesTheResponse) {
  const auto [reply, response] = Read(
      R"({"created":1748372400,"data":[)" + Item(kPng, R"(,"media_type":"image/webp","revised_prompt":"x")") +
      "," + Item("<svg/>") + "," + Item("?", R"(,"media_type":"image/jxl")") + "," + Item("?") +
      R"(],"usage":{"cost":0.04,"total_tokens":4175,"novel":{"a":1}},"provider":"x","images":7,"call":{"attempts":9}})");
  EXPECT_EQ(reply.verdict, Verdict::kPictures);
  EXPECT_EQ(response.created(), 1748372400);
  ASSERT_EQ(response.images_size(), 4);
  EXPECT_EQ(response.images(0).data(), kPng);
  EXPECT_EQ(response.images(0).info().media_type(), "image/png");
  EXPECT_EQ(json::FromStruct(response.images(0).info().additional_fields()),
            boost::json::parse(R"({"revised_prompt":"x"})"));
  EXPECT_EQ(response.images(1).info().media_type(), "image/svg+xml");
  EXPECT_FALSE(response.images(1).info().has_additional_fields());
  EXPECT_EQ(response.images(2).info().media_type(), "image/jxl");
  EXPECT_EQ(response.images(3).info().media_type(), "application/octet-stream");
  EXPECT_EQ(response.usage().cost(), 0.04);
  EXPECT_EQ(json::FromStruct(response.usage().additional_fields()),
            boost::json::parse(R"({"novel":{"a":1}})"));
  EXPECT_FALSE(response.has_call());
  EXPECT_EQ(json::FromStruct(response.additional_fields()),
            boost::json::parse(R"({"provider":"x","images":7,"call":{"attempts":9}})"));
}

TEST(GenerationReply, ToleratesUnusualTypes) {
  EXPECT_EQ(Read(R"({"created":5.0,"usage":null,"data":[)" + Item(kPng) + "]}").second.created(), 5);
  const auto [reply, response] = Read(R"({"created":"today","usage":[1],"data":[)" + Item(kPng) + "]}");
  EXPECT_EQ(reply.verdict, Verdict::kPictures);
  EXPECT_FALSE(response.has_usage());
  EXPECT_EQ(json::FromStruct(response.additional_fields()),
            boost::json::parse(R"({"created":"today","usage":[1]})"));
}

struct Row {
  const char* name;
  std::string text;
  Verdict verdict;
  int picture = -1;
};

class GenerationVerdicts : public testing::TestWithParam<Row> {};

TEST_P(GenerationVerdicts, AreToldApart) {
  const auto [reply, response] = Read(GetParam().text);
  EXPECT_EQ(reply.verdict, GetParam().verdict);
  EXPECT_EQ(reply.picture, GetParam().picture);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GenerationVerdicts,
    testing::Values(
        Row{"not_an_object", "[]", Verdict::kNotAReply}, Row{"null", "null", Verdict::kNotAReply},
        Row{"data_not_an_array", R"({"data":{}})", Verdict::kNotAReply},
        Row{"nothing", "{}", Verdict::kNoData},
        Row{"data_null", R"({"data":null,"usage":{}})", Verdict::kNoData},
        Row{"data_empty", R"({"created":0,"data":[]})", Verdict::kNoPictures},
        Row{"item_empty", R"({"data":[{}]})", Verdict::kPictureMissing, 0},
        Row{"item_null", R"({"data":[null]})", Verdict::kPictureMissing, 0},
        Row{"picture_null", R"({"data":[{"b64_json":null}]})", Verdict::kPictureMissing, 0},
        Row{"picture_without_bytes", R"({"data":[{"b64_json":""}]})", Verdict::kPictureMissing, 0},
        Row{"picture_by_url", R"({"data":[{"url":"https://x/y.png"}]})", Verdict::kPictureMissing, 0},
        Row{"second_missing", R"({"data":[)" + Item(kPng) + ",{}]}", Verdict::kPictureMissing, 1},
        Row{"first_missing", R"({"data":[{},)" + Item(kPng) + "]}", Verdict::kPictureMissing, 0},
        Row{"text_as_png",
            R"({"data":[)" + Item(kPng) + "," + Item("I cannot", R"(,"media_type":"image/png")") + "]}",
            Verdict::kNotAPicture, 1},
        Row{"error", R"({"error":{"code":502,"message":"no"}})", Verdict::kErrorObject},
        Row{"error_word", R"({"error":"no"})", Verdict::kErrorObject},
        Row{"error_beside_empty_data", R"({"error":{"message":"no"},"data":[]})", Verdict::kErrorObject},
        Row{"error_beside_data_that_lacks_a_picture", R"({"data":[{}],"error":{"message":"no"}})",
            Verdict::kErrorObject},
        Row{"error_null", R"({"error":null})", Verdict::kNoData},
        Row{"error_beside_pictures", R"({"error":{"message":"hm"},"data":[)" + Item(kPng) + "]}",
            Verdict::kPictures},
        Row{"error_null_beside_pictures", R"({"error":null,"data":[)" + Item(kPng) + "]}",
            Verdict::kPictures}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(GenerationReply, CostIsKnownWithoutPictures) {
  const auto [reply, response] = Read(R"({"data":[],"usage":{"cost":0.5}})");
  EXPECT_EQ(reply.verdict, Verdict::kNoPictures);
  EXPECT_EQ(response.usage().cost(), 0.5);
}

}  // namespace
}  // namespace openrouter::images::upstream
