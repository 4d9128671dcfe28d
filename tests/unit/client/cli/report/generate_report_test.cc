#include "client/cli/report/generate_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace openrouter_images::client::cli {
namespace {

TEST(GenerateReportTest, Durations) {
  EXPECT_EQ(DurationText(std::chrono::milliseconds(0)), "0 ms");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(37)), "37 ms");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(999)), "999 ms");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(1000)), "1.0 s");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(12'540)), "12.5 s");
}

TEST(GenerateReportTest, SummaryTellsOfAttemptsThatMayHaveBeenBilled) {
  v1::GenerateImagesResponse response;
  response.mutable_usage()->set_cost(0.04);
  response.mutable_call()->set_requests_sent(3);
  response.mutable_call()->mutable_total_time()->set_nanos(250'000'000);
  EXPECT_EQ(GenerateText(response, {}, {}), "cost $0.04, 250 ms, 3 attempts\n");
  response.mutable_call()->set_possibly_billed_attempts(1);
  EXPECT_EQ(GenerateText(response, {}, {}),
            "cost $0.04, 250 ms, 3 attempts; 1 earlier attempt may have been billed too\n");
  response.mutable_call()->set_possibly_billed_attempts(2);
  EXPECT_THAT(GenerateText(response, {}, {}),
              testing::EndsWith("; 2 earlier attempts may have been billed too\n"));
  EXPECT_EQ(GenerateJson(response, {}).at("call").at("possibly_billed_attempts").as_int64(), 2);
}

}  // namespace
}  // namespace openrouter_images::client::cli
