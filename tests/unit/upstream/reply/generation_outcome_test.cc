#include "service/upstream/reply/generation_outcome.h"

#include <absl/strings/escaping.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "client/sha256.h"
#include "service/json/json_struct.h"
#include "tests/support/recorded_events.h"

namespace openrouter_images::upstream {
namespace {

const std::string kPng = "\x89PNG\r\n\x1A\n and so on";

std::string Item(const std::string& bytes, const std::string& more = "") {
  return R"({"b64_json":")" + absl::Base64Escape(bytes) + "\"" + more + "}";
}

struct Outcome {
  std::optional<errors::Failure> failure;
  v1::GenerationCompleted completed;
};

// Of a buffered reply.
Outcome Read(const std::string& text) {
  RecordedEvents sink;
  ImageEmitter emitter(sink);
  emitter.BeginDocument(EventKind::kCompleted);
  ImageReplyReader reader(ImageReplyReader::Document::kReply, {}, emitter);
  EXPECT_TRUE(reader.Write(text));
  const auto document = reader.Finish();
  EXPECT_TRUE(document);
  Outcome outcome;
  outcome.failure = ReadOutcome(*document, emitter.images(), outcome.completed);
  return outcome;
}

TEST(ReadOutcome, CompletesTheGeneration) {
  const auto [failure, completed] = Read(
      R"({"created":1748372400,"data":[)" +
      Item(kPng, R"(,"media_type":"image/webp","revised_prompt":"x","size_bytes":1,"sha256":"eA==")") + "," +
      Item("<svg/>") + "," + Item("?", R"(,"media_type":"image/jxl")") + "," + Item("?") +
      R"(],"usage":{"cost":0.04,"total_tokens":4175,"novel":{"a":1}},"provider":"x","images":7,"call":{"attempts":9}})");
  EXPECT_FALSE(failure);
  EXPECT_EQ(completed.created(), 1748372400);
  ASSERT_EQ(completed.images_size(), 4);
  EXPECT_EQ(completed.images(0).media_type(), "image/png");
  EXPECT_EQ(completed.images(0).size_bytes(), static_cast<std::int64_t>(kPng.size()));
  EXPECT_EQ(completed.images(0).sha256(), client::Sha256Of(kPng));
  EXPECT_EQ(json::FromStruct(completed.images(0).additional_fields()),
            boost::json::parse(R"({"revised_prompt":"x","size_bytes":1,"sha256":"eA=="})"));
  EXPECT_EQ(completed.images(1).media_type(), "image/svg+xml");
  EXPECT_FALSE(completed.images(1).has_additional_fields());
  EXPECT_EQ(completed.images(2).media_type(), "image/jxl");
  EXPECT_EQ(completed.images(3).media_type(), "application/octet-stream");
  EXPECT_EQ(completed.usage().cost(), 0.04);
  EXPECT_EQ(json::FromStruct(completed.usage().additional_fields()),
            boost::json::parse(R"({"novel":{"a":1}})"));
  EXPECT_FALSE(completed.has_call());
  EXPECT_EQ(json::FromStruct(completed.additional_fields()),
            boost::json::parse(R"({"provider":"x","images":7,"call":{"attempts":9}})"));
}

TEST(ReadOutcome, ToleratesUnusualTypes) {
  EXPECT_EQ(Read(R"({"created":5.0,"usage":null,"data":[)" + Item(kPng) + "]}").completed.created(), 5);
  const auto [failure, completed] = Read(R"({"created":"today","usage":[1],"data":[)" + Item(kPng) + "]}");
  EXPECT_FALSE(failure);
  EXPECT_FALSE(completed.has_usage());
  EXPECT_EQ(json::FromStruct(completed.additional_fields()),
            boost::json::parse(R"({"created":"today","usage":[1]})"));
}

TEST(ReadOutcome, AnSvgMayHaveALongPreamble) {
  const std::string svg = "<!-- " + std::string(5000, '-') + " --><svg/>";
  EXPECT_EQ(Read(R"({"data":[)" + Item(svg) + "]}").completed.images(0).media_type(), "image/svg+xml");
}

constexpr const char* kNoList = "the reply has no list of images";

struct Row {
  const char* name;
  std::string text;
  // Empty for a success.
  const char* reason;
  const char* words = "";
};

class Outcomes : public testing::TestWithParam<Row> {};

TEST_P(Outcomes, AreDistinguished) {
  const auto [failure, completed] = Read(GetParam().text);
  EXPECT_EQ(failure ? failure->reason : "", GetParam().reason);
  EXPECT_THAT(failure ? failure->message : "", testing::HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Outcomes,
    testing::Values(
        Row{"not_an_object", "[]", "UPSTREAM_PROTOCOL", kNoList},
        Row{"null", "null", "UPSTREAM_PROTOCOL", kNoList},
        Row{"data_not_an_array", R"({"data":{}})", "UPSTREAM_PROTOCOL", kNoList},
        Row{"nothing", "{}", "UPSTREAM_PROTOCOL", kNoList},
        Row{"data_null", R"({"data":null,"usage":{}})", "UPSTREAM_PROTOCOL", kNoList},
        Row{"data_empty", R"({"created":0,"data":[]})", "NO_PICTURES"},
        Row{"item_empty", R"({"data":[{}]})", "UNDECODABLE_PICTURE", "image 0 has no bytes"},
        Row{"item_null", R"({"data":[null]})", "UNDECODABLE_PICTURE", "image 0 has no bytes"},
        Row{"image_null", R"({"data":[{"b64_json":null}]})", "UNDECODABLE_PICTURE", "image 0 has no bytes"},
        Row{"image_without_bytes", R"({"data":[{"b64_json":""}]})", "UNDECODABLE_PICTURE",
            "image 0 has no bytes"},
        Row{"image_by_url", R"({"data":[{"url":"https://x/y.png"}]})", "UNDECODABLE_PICTURE",
            "image 0 has no bytes"},
        Row{"second_missing", R"({"data":[)" + Item(kPng) + ",{}]}", "UNDECODABLE_PICTURE",
            "image 1 has no bytes"},
        Row{"first_missing", R"({"data":[{},)" + Item(kPng) + "]}", "UNDECODABLE_PICTURE",
            "image 0 has no bytes"},
        Row{"text_as_png",
            R"({"data":[)" + Item(kPng) + "," + Item("I cannot", R"(,"media_type":"image/png")") + "]}",
            "UNDECODABLE_PICTURE", "image 1 is not of the type that it claims"},
        Row{"error", R"({"error":{"code":502,"message":"no"}})", "GENERATION_FAILED", "no"},
        Row{"error_word", R"({"error":"no"})", "UPSTREAM_PROTOCOL"},
        Row{"error_beside_empty_data", R"({"error":{"code":502,"message":"no"},"data":[]})",
            "GENERATION_FAILED", "no"},
        Row{"error_beside_data_that_lacks_an_image", R"({"data":[{}],"error":{"code":502,"message":"no"}})",
            "GENERATION_FAILED", "no"},
        Row{"error_null", R"({"error":null})", "UPSTREAM_PROTOCOL", kNoList},
        Row{"error_beside_images", R"({"error":{"message":"hm"},"data":[)" + Item(kPng) + "]}", ""},
        Row{"error_null_beside_images", R"({"error":null,"data":[)" + Item(kPng) + "]}", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReadOutcome, CostIsKnownWithoutImages) {
  const auto [failure, completed] = Read(R"({"data":[],"usage":{"cost":0.5}})");
  EXPECT_TRUE(failure);
  EXPECT_EQ(completed.usage().cost(), 0.5);
}

// Several events together may hold more than one reader takes.
TEST(ReadOutcome, IsCutToOneMessage) {
  boost::json::object reply;
  reply["data"] = boost::json::array{boost::json::object{{"more", std::string(600'000, 'x')}}};
  reply["more"] = std::string(600'000, 'x');
  EmittedImage image;
  image.head = kPng;
  v1::GenerationCompleted completed;
  EXPECT_FALSE(ReadOutcome(reply, {image}, completed));
  EXPECT_LE(completed.ByteSizeLong(), 1024U * 1024);
  EXPECT_EQ(completed.images(0).media_type(), "image/png");
  EXPECT_FALSE(completed.has_usage()) << "the reply has none";
}

constexpr auto kNotBilled = v1::BILLING_OUTCOME_NOT_BILLED;
constexpr auto kBilled = v1::BILLING_OUTCOME_BILLED;
constexpr auto kUnknown = v1::BILLING_OUTCOME_UNKNOWN;

TEST(ReadOutcome, AnErrorObjectIsFreeOnlyWithoutCostAndImages) {
  struct Cost {
    const char* name;
    std::string fields;
    v1::BillingOutcome billing;
  };
  const std::string half = Item("half");
  const Cost rows[] = {
      {"nothing else", "", kNotBilled},
      {"cost of nothing", R"(,"usage":{"cost":0})", kNotBilled},
      {"negative cost", R"(,"usage":{"cost":-1})", kNotBilled},
      {"empty list", R"(,"data":[])", kNotBilled},
      {"cost", R"(,"usage":{"cost":0.04})", kBilled},
      {"cost and an image", R"(,"data":[)" + half + R"(,{}],"usage":{"cost":0.04})", kBilled},
      {"image", R"(,"data":[)" + half + ",{}]", kUnknown},
      {"image that is not the first", R"(,"data":[{},)" + half + "]", kUnknown},
      {"image that cost nothing", R"(,"data":[)" + half + R"(,{}],"usage":{"cost":0})", kUnknown},
  };
  for (const Cost& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [failure, completed] =
        Read(R"({"error":{"code":503,"message":"m","availability":{"retry_after":1}})" + row.fields + "}");
    ASSERT_TRUE(failure);
    EXPECT_EQ(v1::BillingOutcome_Name(failure->error.billing_outcome()),
              v1::BillingOutcome_Name(row.billing));
    const bool free = row.billing == kNotBilled;
    EXPECT_EQ(failure->retryability, free ? retry::Retryability::kOnce : retry::Retryability::kPermanent);
    EXPECT_EQ(failure->code, free ? absl::StatusCode::kUnavailable : absl::StatusCode::kUnknown);
    EXPECT_EQ(failure->error.message(), "m");
  }
}

}  // namespace
}  // namespace openrouter_images::upstream
