#include "service/telemetry/json_log.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "tests/support/memory_sink.h"

namespace openrouter::images::telemetry {
namespace {

class JsonLogTest : public ::testing::Test {
 protected:
  boost::json::object OnlyLine() {
    const std::string text = sink_->text();
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
    return boost::json::parse(text.substr(0, text.size() - 1)).as_object();
  }

  std::shared_ptr<testing::MemorySink> sink_ = std::make_shared<testing::MemorySink>();
  JsonLog log_{sink_, spdlog::level::info};
};

TEST_F(JsonLogTest, WritesOneObjectALine) {
  log_.Write(spdlog::level::info, "listening",
             {{"address", "[::1]:50051"}, {"note", "two\nlines \"quoted\""}});
  const boost::json::object line = OnlyLine();
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("event"), "listening");
  EXPECT_EQ(line.at("address"), "[::1]:50051");
  EXPECT_EQ(line.at("note"), "two\nlines \"quoted\"");
  EXPECT_TRUE(line.contains("time"));
}

TEST_F(JsonLogTest, LeavesOutWhatIsBelowTheLevel) {
  log_.Write(spdlog::level::debug, "detail", {});
  EXPECT_EQ(sink_->text(), "");
}

TEST_F(JsonLogTest, ACallThatSucceeded) {
  CallRecord record;
  record.method = "GenerateImages";
  record.model = "a/b";
  record.code = "OK";
  record.billing = v1::BILLING_OUTCOME_BILLED;
  record.report.set_attempts(2);
  record.report.mutable_total_time()->set_seconds(3);
  record.images = 1;
  record.image_bytes = 1000;
  record.cost_usd = 0.04;
  log_.OnCallEnd(record);
  const boost::json::object line = OnlyLine();
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("billing"), "BILLED");
  EXPECT_EQ(line.at("attempts"), 2);
  EXPECT_EQ(line.at("seconds").to_number<double>(), 3.0);
  EXPECT_EQ(line.at("cost_usd"), 0.04);
  EXPECT_FALSE(line.contains("reason"));
  EXPECT_FALSE(line.contains("http_status"));
}

TEST_F(JsonLogTest, LostMoneyIsAnError) {
  CallRecord record;
  record.code = "UNKNOWN";
  record.billing = v1::BILLING_OUTCOME_UNKNOWN;
  log_.OnCallEnd(record);
  EXPECT_EQ(OnlyLine().at("level"), "error");
}

TEST_F(JsonLogTest, AFreeFailureIsAWarning) {
  CallRecord record;
  record.code = "UNAVAILABLE";
  record.reason = "UPSTREAM_DNS";
  record.billing = v1::BILLING_OUTCOME_NOT_SENT;
  log_.OnCallEnd(record);
  EXPECT_EQ(OnlyLine().at("level"), "warning");
  EXPECT_EQ(OnlyLine().at("reason"), "UPSTREAM_DNS");
}

}  // namespace
}  // namespace openrouter::images::telemetry
