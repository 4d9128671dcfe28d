#include "service/telemetry/json_log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/memory_sink.h"

namespace openrouter_images::telemetry {
namespace {

constexpr char kCallId[] = "0123456789abcdef0123456789abcdef";

class JsonLogTest : public ::testing::Test {
 protected:
  JsonLog& log() { return *log_; }

  // What was written, once the log is closed.
  std::string Written() {
    log_.reset();
    return sink_->text();
  }

  boost::json::object OnlyLine() {
    const std::string text = Written();
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
    return boost::json::parse(text.substr(0, text.size() - 1)).as_object();
  }

  boost::json::object CallLine(const CallRecord& record) {
    const auto observer = log().OnBegun(record.method, record.peer, kCallId);
    observer->OnOutcome(record);
    CallRecord ended = record;
    ended.delivered = true;
    observer->OnEnded(ended);
    return OnlyLine();
  }

 private:
  std::shared_ptr<testing::MemorySink> sink_ = std::make_shared<testing::MemorySink>();
  testing::FakeClock clock_;
  std::unique_ptr<JsonLog> log_ = std::make_unique<JsonLog>(sink_, spdlog::level::info, clock_);
};

TEST_F(JsonLogTest, WritesOneObjectPerLine) {
  log().Write(spdlog::level::info, "listening",
              {{"address", "[::1]:50051"}, {"note", "two\nlines \"quoted\""}});
  const boost::json::object line = OnlyLine();
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("event"), "listening");
  EXPECT_EQ(line.at("address"), "[::1]:50051");
  EXPECT_EQ(line.at("note"), "two\nlines \"quoted\"");
  EXPECT_TRUE(line.contains("time"));
}

TEST_F(JsonLogTest, AFailureSaysWhatItCost) {
  CallRecord record;
  record.code = "DATA_LOSS";
  record.billing = v1::BILLING_OUTCOME_BILLED;
  record.cost_usd = 0.04;
  const boost::json::object line = CallLine(record);
  EXPECT_EQ(line.at("billing"), "BILLED");
  EXPECT_EQ(line.at("cost_usd"), 0.04);
}

TEST_F(JsonLogTest, APartialFailureIsAWarning) {
  CallRecord record;
  record.code = "OK";
  record.reason = "TRUNCATED";
  record.billing = v1::BILLING_OUTCOME_BILLED;
  const boost::json::object line = CallLine(record);
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("reason"), "TRUNCATED");
}

TEST_F(JsonLogTest, LeavesOutWhatIsBelowTheLevel) {
  log().Write(spdlog::level::debug, "detail", {});
  log().OnBegun("GenerateImages", "ipv4:127.0.0.1:1", kCallId)->OnAttemptEnded(AttemptRecord());
  EXPECT_EQ(Written(), "");
}

TEST_F(JsonLogTest, ACallThatSucceeded) {
  CallRecord record;
  record.method = "GenerateImages";
  record.model = "a/b";
  record.code = "OK";
  record.billing = v1::BILLING_OUTCOME_BILLED;
  record.labels = {{"team", "art"}, {"job", "7"}};
  record.report.set_call_id(kCallId);
  record.report.set_requests_sent(2);
  record.report.add_attempts()->set_http_status(503);
  record.report.add_attempts()->set_cf_ray("ray-2");
  record.report.mutable_total_time()->set_seconds(3);
  record.images = 1;
  record.image_bytes = 1000;
  record.cost_usd = 0.04;
  const boost::json::object line = CallLine(record);
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("billing"), "BILLED");
  EXPECT_EQ(line.at("call_id"), kCallId);
  EXPECT_EQ(line.at("labels"), (boost::json::object{{"job", "7"}, {"team", "art"}}));
  EXPECT_EQ(line.at("attempts"), 2);
  EXPECT_EQ(line.at("requests_sent"), 2);
  EXPECT_EQ(line.at("cf_ray"), "ray-2");
  EXPECT_EQ(line.at("seconds").to_number<double>(), 3.0);
  EXPECT_EQ(line.at("cost_usd"), 0.04);
  EXPECT_FALSE(line.contains("reason"));
  EXPECT_FALSE(line.contains("http_status")) << "that of the last attempt";
}

TEST_F(JsonLogTest, APaidAnswerThatItsCallerDidNotTakeIsAnError) {
  CallRecord record;
  record.code = "OK";
  record.billing = v1::BILLING_OUTCOME_BILLED;
  log().OnBegun("GenerateImages", "ipv4:10.0.0.7:1", kCallId)->OnEnded(record);
  const boost::json::object line = OnlyLine();
  EXPECT_EQ(line.at("event"), "not_delivered");
  EXPECT_EQ(line.at("call_id"), kCallId);
  EXPECT_EQ(line.at("level"), "error");
  EXPECT_EQ(line.at("billing"), "BILLED");
}

TEST_F(JsonLogTest, TheOutcomeIsLoggedBeforeTheCallerTakesTheAnswer) {
  CallRecord record;
  record.method = "GenerateImages";
  record.code = "OK";
  const auto observer = log().OnBegun("GenerateImages", "ipv4:10.0.0.7:1", kCallId);
  observer->OnOutcome(record);
  EXPECT_EQ(OnlyLine().at("event"), "call");
}

TEST_F(JsonLogTest, LostMoneyIsAnError) {
  CallRecord record;
  record.code = "UNKNOWN";
  record.billing = v1::BILLING_OUTCOME_UNKNOWN;
  EXPECT_EQ(CallLine(record).at("level"), "error");
}

TEST_F(JsonLogTest, AFreeFailureIsAWarning) {
  CallRecord record;
  record.code = "UNAVAILABLE";
  record.reason = "UPSTREAM_DNS";
  record.billing = v1::BILLING_OUTCOME_NOT_SENT;
  const boost::json::object line = CallLine(record);
  EXPECT_EQ(line.at("level"), "warn") << "the word of log.level";
  EXPECT_EQ(line.at("reason"), "UPSTREAM_DNS");
}

TEST_F(JsonLogTest, WhatTheOperatorHasToMendIsAnError) {
  CallRecord record;
  record.code = "INTERNAL";
  record.reason = "UPSTREAM_AUTH";
  record.responsible = v1::RESPONSIBLE_PARTY_OPERATOR;
  record.error_type = "authentication";
  record.billing = v1::BILLING_OUTCOME_NOT_BILLED;
  const boost::json::object line = CallLine(record);
  EXPECT_EQ(line.at("level"), "error");
  EXPECT_EQ(line.at("responsible_party"), "OPERATOR");
  EXPECT_EQ(line.at("error_type"), "authentication");
  EXPECT_FALSE(line.contains("fields"));
}

TEST_F(JsonLogTest, ARefusedRequestNamesItsFields) {
  CallRecord record;
  record.code = "INVALID_ARGUMENT";
  record.responsible = v1::RESPONSIBLE_PARTY_CALLER;
  record.fields = {"image.n", "image.prompt"};
  const boost::json::object line = CallLine(record);
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("fields"), (boost::json::array{"image.n", "image.prompt"}));
}

// A sink that takes nothing until it is released, as a full pipe does.
class StuckSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void Release() { released_.set_value(); }
  int lines() const { return lines_; }

 private:
  void sink_it_(const spdlog::details::log_msg&) override {
    open_.wait();
    ++lines_;
  }
  void flush_() override {}

  std::promise<void> released_;
  std::shared_future<void> open_ = released_.get_future().share();
  int lines_ = 0;
};

TEST(JsonLogQueueTest, AStuckSinkBlocksNobodyAndWhatIsDroppedIsCounted) {
  constexpr int kQueue = 4;
  constexpr int kLines = 100;
  const auto sink = std::make_shared<StuckSink>();
  testing::FakeClock clock;
  int dropped = 0;
  {
    JsonLog log(sink, spdlog::level::info, clock, kQueue);
    for (int i = 0; i < kLines; ++i) log.Write(spdlog::level::info, "line", {});
    dropped = static_cast<int>(log.dropped());
    EXPECT_GE(dropped, kLines - kQueue - 1) << "one line may be with the sink already";
    sink->Release();
  }
  EXPECT_EQ(sink->lines() + dropped, kLines);
}

TEST(JsonLogQueueTest, AStuckSinkDoesNotKeepTheProcess) {
  const auto sink = std::make_shared<StuckSink>();
  testing::FakeClock clock;
  {
    JsonLog log(sink, spdlog::level::info, clock, JsonLog::kQueueLines, std::chrono::milliseconds(10));
    log.Write(spdlog::level::info, "line", {});
    // The end of this scope must come although the sink is stuck.
  }
  sink->Release();
}

}  // namespace
}  // namespace openrouter_images::telemetry
