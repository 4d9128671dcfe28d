#include "service/sandbox/api/generation_request.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <variant>

#include "openrouter_images/v1/generation.pb.h"
#include "openrouter_images/v1/limits.pb.h"

namespace openrouter_images::sandbox {
namespace {

// The value of a body for `sandbox/painter` with these members beside model and prompt.
std::variant<GenerationRequest, HttpReply> Read(const std::string& members,
                                                const std::string& model = "sandbox/painter") {
  const std::string body =
      R"({"model":")" + model + R"(","prompt":"a fox")" + (members.empty() ? "" : ",") + members + "}";
  return ReadGeneration(boost::json::parse(body).as_object(), nullptr);
}

std::string References(int count) {
  std::string out = R"("input_references":[)";
  for (int i = 0; i < count; ++i)
    out += std::string(i ? "," : "") + R"({"type":"image_url","image_url":{"url":"https://x/y"}})";
  return out + "]";
}

const v1::FieldLimits& LimitsOf(const char* field) {
  return v1::ImageSpec::descriptor()->FindFieldByName(field)->options().GetExtension(v1::limits);
}

// What the contract declares at a field is the upstream's own limit: the sandbox takes the largest value and
// refuses the next.
TEST(ReadGeneration, HasTheLimitsOfTheContract) {
  const auto takes = [](const std::string& members) {
    return std::holds_alternative<GenerationRequest>(Read(members));
  };
  for (const char* field : {"n", "output_compression"}) {
    const auto member = [field](int value) {
      return "\"" + std::string(field) + "\":" + std::to_string(value);
    };
    const int min = static_cast<int>(LimitsOf(field).min());
    const int max = static_cast<int>(LimitsOf(field).max());
    EXPECT_TRUE(takes(member(min)) && takes(member(max))) << field;
    EXPECT_FALSE(takes(member(min - 1)) || takes(member(max + 1))) << field;
  }
  const int references = static_cast<int>(LimitsOf("input_references").max_entries());
  EXPECT_TRUE(takes(References(references)));
  EXPECT_FALSE(takes(References(references + 1)));
}

TEST(ReadGeneration, RefusesWhatTheApiRefuses) {
  struct Row {
    const char* name;
    std::string members;
    std::string model = "sandbox/painter";
    int status = 400;
  };
  const Row rows[] = {
      {"n of zero", R"("n":0)"},
      {"n of eleven", R"("n":11)"},
      {"n that is text", R"("n":"2")"},
      {"n with a fraction", R"("n":1.5)"},
      {"n of two where one image is made", R"("n":2)", "google/gemini-2.5-flash-image"},
      {"n above the model's own limit", R"("n":7)", "recraft/recraft-v4"},
      {"compression below zero", R"("output_compression":-1)"},
      {"compression above a hundred", R"("output_compression":101)"},
      {"seventeen references", References(17)},
      {"more references than the model takes", References(4), "x-ai/grok-imagine-image"},
      {"references for a model without", References(1), "recraft/recraft-v4"},
      {"a reference of another kind",
       R"("input_references":[{"type":"text","image_url":{"url":"https://x"}}])"},
      {"a reference without a URL", R"("input_references":[{"type":"image_url","image_url":{}}])"},
      {"a file URL", R"("input_references":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}])"},
      {"a data URL of text",
       R"("input_references":[{"type":"image_url","image_url":{"url":"data:text/plain;base64,aGk="}}])"},
      {"a data URL with bad base64",
       R"("input_references":[{"type":"image_url","image_url":{"url":"data:image/png;base64,!!!!"}}])"},
      {"a data URL without base64",
       R"("input_references":[{"type":"image_url","image_url":{"url":"data:image/png,abc"}}])"},
      {"pixels against the resolution", R"("size":"2048x2048","resolution":"1K")"},
      {"pixels against the ratio", R"("size":"2048x2048","aspect_ratio":"16:9")"},
      {"a tier against the resolution", R"("size":"2K","resolution":"1K")"},
      {"a size that is none", R"("size":"large")"},
      {"a size too small", R"("size":"8x8")"},
      {"a size too large", R"("size":"9000x9000")"},
      {"a tier that the model lacks", R"("size":"4K")", "x-ai/grok-imagine-image"},
      {"a resolution that is none", R"("resolution":"3K")"},
      {"a resolution that the model lacks", R"("resolution":"512")", "bytedance-seed/seedream-4.5"},
      {"a ratio that is none", R"("aspect_ratio":"wide")"},
      {"a ratio that the model lacks", R"("aspect_ratio":"8:1")", "bytedance-seed/seedream-4.5"},
      {"a quality that the model lacks", R"("quality":"max")", "openai/gpt-image-1"},
      {"a format that is none", R"("output_format":"gif")"},
      {"a format that the model lacks", R"("output_format":"webp")", "black-forest-labs/flux.2-pro"},
      {"transparency as JPEG", R"("background":"transparent","output_format":"jpeg")"},
      {"a background that is none", R"("background":"blue")"},
      {"a seed that is text", R"("seed":"1")"},
      {"stream that is text", R"("stream":"yes")"},
      {"provider that is text", R"("provider":"openai")"},
      {"an unknown model", "", "nobody/nothing"},
      {"a retired model", "", "openai/dall-e-3", 404},
      {"no provider left", R"("provider":{"only":["nobody"]})", "openai/gpt-image-1", 404},
      {"every provider ignored", R"("provider":{"ignore":["openai","azure"]})", "openai/gpt-image-1", 404},
      {"an order without fallbacks", R"("provider":{"order":["nobody"],"allow_fallbacks":false})",
       "openai/gpt-image-1", 404},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto result = Read(row.members, row.model);
    ASSERT_TRUE(std::holds_alternative<HttpReply>(result));
    EXPECT_EQ(std::get<HttpReply>(result).status, row.status);
  }
}

TEST(ReadGeneration, TakesWhatTheApiTakes) {
  struct Row {
    const char* name;
    std::string members;
    std::string model = "sandbox/painter";
  };
  const Row rows[] = {
      {"nothing more", ""},
      {"unknown members", R"("shiny":{"new":[1]},"trace":{"trace_id":"t"},"user":"u","session_id":"s")"},
      {"nulls", R"("n":null,"size":null,"quality":null,"input_references":null,"provider":null)"},
      {"n written as 2.0", R"("n":2.0)"},
      {"sixteen references", References(16)},
      {"an image of its own",
       R"("input_references":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}])"},
      {"pixels that match both", R"("size":"1368x768","resolution":"1K","aspect_ratio":"16:9")"},
      {"a tier as size with its resolution", R"("size":"2K","resolution":"2K")"},
      {"a ratio of auto", R"("aspect_ratio":"auto")"},
      {"quality for a model without the knob", R"("quality":"max")", "recraft/recraft-v4"},
      {"provider preferences",
       R"("provider":{"order":["azure"],"sort":"price","options":{"azure":{"x":[1,{"y":null}]}}})",
       "openai/gpt-image-1"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto result = Read(row.members, row.model);
    EXPECT_TRUE(std::holds_alternative<GenerationRequest>(result)) << std::get<HttpReply>(result).body;
  }
}

TEST(ReadGeneration, FillsInTheModelsDefaults) {
  const auto seedream = std::get<GenerationRequest>(Read("", "bytedance-seed/seedream-4.5"));
  EXPECT_EQ(seedream.resolution, "2K");
  EXPECT_EQ(seedream.size.width, 2048);
  EXPECT_EQ(seedream.format, ImageFormat::kJpeg);
  EXPECT_EQ(std::get<GenerationRequest>(Read("", "quiver/arrow-1")).format, ImageFormat::kSvg);
  EXPECT_TRUE(std::get<GenerationRequest>(Read(R"("background":"transparent")")).transparent);
  const auto ordered = Read(R"("provider":{"order":["azure"]})", "openai/gpt-image-1");
  EXPECT_EQ(std::get<GenerationRequest>(ordered).endpoint->provider_slug, "azure");
}

TEST(ReadGeneration, UsesBothErrorShapes) {
  const auto unknown = boost::json::parse(std::get<HttpReply>(Read("", "nobody/nothing")).body);
  EXPECT_EQ(unknown.at("error").at("code").as_int64(), 400);
  EXPECT_EQ(unknown.at("error").at("metadata").at("error_type").as_string(), "model_not_found");
  const auto retired = boost::json::parse(std::get<HttpReply>(Read("", "openai/dall-e-3")).body);
  EXPECT_EQ(retired.at("error").at("http_status").as_int64(), 404);
  EXPECT_EQ(retired.at("error").at("availability").at("code").as_string(), "no_endpoints");
}

TEST(ReadGeneration, NeedsModelAndPrompt) {
  for (const char* body : {"{}", R"({"model":"sandbox/painter"})",
                           R"({"model":"sandbox/painter","prompt":""})", R"({"prompt":"p"})",
                           R"({"model":7,"prompt":"p"})", R"({"model":"sandbox/painter","prompt":["p"]})"}) {
    const auto result = ReadGeneration(boost::json::parse(body).as_object(), nullptr);
    ASSERT_TRUE(std::holds_alternative<HttpReply>(result)) << body;
    EXPECT_EQ(std::get<HttpReply>(result).status, 400) << body;
  }
}

TEST(ParseBody, RefusesWhatIsNoObject) {
  for (const char* body : {"", "{", "[]", "1", "null", "{}x", "{\"a\":\xff\"\"}", "{'a':1}"}) {
    const auto result = ParseBody(body);
    ASSERT_TRUE(std::holds_alternative<HttpReply>(result)) << body;
    EXPECT_EQ(std::get<HttpReply>(result).status, 400) << body;
  }
}

}  // namespace
}  // namespace openrouter_images::sandbox
