#include "service/sandbox/api/pricing.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace openrouter_images::sandbox {
namespace {

TEST(UsageOf, FollowsThePricingLines) {
  struct Row {
    const char* name;
    const char* body;
    double cost;
  };
  const Row rows[] = {
      {"by the image", R"({"model":"bytedance-seed/seedream-4.5","prompt":"p","n":3})", 0.12},
      {"by the megapixel", R"({"model":"black-forest-labs/flux.2-pro","prompt":"p"})", 0.03 * 1.048576},
      {"with an input image", R"({"model":"black-forest-labs/flux.2-pro","prompt":"p",
         "input_references":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]})",
       0.03 * 1.048576 + 0.015},
      {"by the request, default variant", R"({"model":"tencent/hunyuan-image-3","prompt":"p"})", 0.03},
      {"by the request, quality's variant",
       R"({"model":"tencent/hunyuan-image-3","prompt":"p","quality":"high"})", 0.05},
      {"resolution's variant", R"({"model":"sourceful/riverflow-v2-pro","prompt":"p","resolution":"4K"})",
       0.33},
      {"with fonts and references", R"({"model":"sourceful/riverflow-v2-pro","prompt":"p",
         "provider":{"options":{"sourceful":{"font_inputs":[{},{}]}}},
         "input_references":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]})",
       0.15 + 2 * 0.03 + 0.02},
      {"by the token", R"({"model":"google/gemini-2.5-flash-image","prompt":"12345678"})",
       1290 * 3e-5 + 2 * 3e-7},
      {"quality weighs tokens", R"({"model":"openai/gpt-image-1","prompt":"1234","quality":"low"})",
       1040 * 4e-5 + 5e-6},
      {"another endpoint",
       R"({"model":"black-forest-labs/flux.2-flex","prompt":"p","provider":{"only":["together"]}})",
       0.05 * 1.048576},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto body = boost::json::parse(row.body).as_object();
    const auto request = ReadGeneration(body, nullptr);
    ASSERT_TRUE(std::holds_alternative<GenerationRequest>(request)) << std::get<HttpReply>(request).body;
    const Usage usage = UsageOf(std::get<GenerationRequest>(request));
    EXPECT_NEAR(usage.cost(), row.cost, 1e-9);
    const auto json = UsageJson(usage);
    EXPECT_EQ(json.at("total_tokens").as_int64(),
              json.at("prompt_tokens").as_int64() + json.at("completion_tokens").as_int64());
    EXPECT_NEAR(json.at("cost").as_double(), row.cost, 1e-9);
  }
}

}  // namespace
}  // namespace openrouter_images::sandbox
