#include "service/upstream/reply/reply_receiver.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "service/errors/text.h"
#include "tests/support/deflated.h"

namespace openrouter_images::upstream {
namespace {

// A reply that is content with any success.
class AnyReply final : public ReplyReceiver {
 public:
  explicit AnyReply(AttemptContext context = {}) : ReplyReceiver(std::move(context)) {}
  using ReplyReceiver::content_type;
  using ReplyReceiver::generation_id;

 private:
  http::Flow OnSuccessBody(std::string_view bytes) override {
    if (pauses > 0 && pauses-- > 0) return http::Flow::kPause;
    body += bytes;
    return http::Flow::kContinue;
  }
  std::optional<errors::Failure> OnSuccessEnd(std::optional<errors::Failure> cut) override { return cut; }

 public:
  std::string body;
  // Number of pieces that are not taken yet.
  int pauses = 0;
};

http::ResponseHead Head(int status, std::vector<http::Header> headers) {
  http::ResponseHead head;
  head.status = status;
  head.headers = std::move(headers);
  return head;
}

http::TransferResult Ended(http::Fault fault) {
  http::TransferResult result;
  result.fault = fault;
  result.dispatched = true;
  return result;
}

struct Row {
  const char* name;
  std::string value;
  std::string kept;
};

TEST(Reply, IdsAreShortPrintableText) {
  const Row rows[] = {
      {"id", "gen-1764", "gen-1764"},
      {"not UTF-8", "a\xff\xfe z", "a?? z"},
      {"cut UTF-8", "a\xe2\x82", "a??"},
      {"control characters", "a\x01\tb\x7f", "a b"},
      {"longest", std::string(128, 'x'), std::string(128, 'x')},
      {"too long", std::string(129, 'x'), std::string(128, 'x')},
      {"cut between characters", std::string(127, 'x') + "\xc3\xa9", std::string(127, 'x')},
      {"nothing", "", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    http::ResponseHead head;
    head.status = 200;
    for (const char* name : {"content-type", "x-generation-id", "x-request-id", "cf-ray"}) {
      head.headers.push_back({name, row.value});
    }
    AnyReply reply;
    reply.OnHead(head);
    v1::Attempt attempt;
    v1::CallReport report;
    reply.Report(attempt, report);
    EXPECT_EQ(attempt.http_status(), 200);
    EXPECT_EQ(attempt.generation_id(), row.kept);
    EXPECT_EQ(attempt.upstream_request_id(), row.kept);
    EXPECT_EQ(attempt.cf_ray(), row.kept);
    EXPECT_EQ(reply.content_type(), row.kept);
    EXPECT_TRUE(errors::IsPrintable(reply.generation_id()));
  }
}

TEST(Reply, ReportsTheRateLimitsOfTheLastReply) {
  http::ResponseHead head;
  head.status = 200;
  head.headers = {{"X-RateLimit-Limit", "20"}, {"x-ratelimit-remaining", "19"}, {"x-rate", "1"}};
  AnyReply reply;
  reply.OnHead(head);
  v1::Attempt attempt;
  v1::CallReport report;
  (*report.mutable_rate_limit())["x-ratelimit-reset"] = "of an earlier reply";
  AnyReply().Report(attempt, report);
  EXPECT_EQ(report.rate_limit_size(), 1) << "no reply came";
  reply.Report(attempt, report);
  ASSERT_EQ(report.rate_limit_size(), 2);
  EXPECT_EQ(report.rate_limit().at("x-ratelimit-limit"), "20");
  EXPECT_EQ(report.rate_limit().at("x-ratelimit-remaining"), "19");
}

TEST(Reply, KeepsAtMostSixteenRateLimits) {
  http::ResponseHead head;
  head.status = 200;
  for (int i = 0; i < 20; ++i) head.headers.push_back({"x-ratelimit-" + std::to_string(i), "1"});
  AnyReply reply;
  reply.OnHead(head);
  v1::Attempt attempt;
  v1::CallReport report;
  reply.Report(attempt, report);
  EXPECT_EQ(report.rate_limit_size(), 16);
}

// Nobody asked for it; some proxies compress all the same.
TEST(Reply, GzipIsUndone) {
  const std::string text(300'000, 'x');
  const std::string body = Deflated(text);
  for (const std::size_t step : {std::size_t{1}, std::size_t{100}, body.size()}) {
    for (const int pauses : {0, 3}) {
      AnyReply reply;
      reply.pauses = pauses;
      reply.OnHead(Head(200, {{"content-encoding", "gzip"}}));
      for (std::size_t at = 0; at < body.size(); at += step) {
        // What was not taken is delivered again.
        http::Flow flow = http::Flow::kPause;
        while (flow == http::Flow::kPause || flow == http::Flow::kYield)
          flow = reply.OnBody(std::string_view(body).substr(at, step));
        ASSERT_EQ(flow, http::Flow::kContinue);
      }
      EXPECT_TRUE(reply.body == text) << reply.body.size() << " bytes";
    }
  }
}

// A piece of 16 KiB may become 16 MiB.
TEST(Reply, MuchInGzipIsTakenInSeveralTurns) {
  const std::string text(16'000'000, 'x');
  const std::string body = Deflated(text);
  ASSERT_LT(body.size(), 16'384U);
  AnyReply reply;
  reply.OnHead(Head(200, {{"content-encoding", "gzip"}}));
  std::size_t before = 0;
  http::Flow flow = http::Flow::kYield;
  while (flow == http::Flow::kYield) {
    flow = reply.OnBody(body);
    ASSERT_LE(reply.body.size() - before, 256U * 1024) << "in one turn";
    before = reply.body.size();
  }
  EXPECT_EQ(flow, http::Flow::kContinue);
  EXPECT_TRUE(reply.body == text) << reply.body.size() << " bytes";
}

TEST(Reply, AnErrorIsReadNoFurtherThanItIsOfUse) {
  const std::string body =
      Deflated(R"({"error":{"code":429,"message":"slow down"}})" + std::string(16'000'000, ' '));
  AnyReply reply;
  reply.OnHead(Head(429, {{"content-encoding", "gzip"}}));
  http::Flow flow = http::Flow::kYield;
  int turns = 0;
  for (; flow == http::Flow::kYield; ++turns) flow = reply.OnBody(body);
  EXPECT_EQ(flow, http::Flow::kAbort);
  EXPECT_LT(turns, 10);
  const auto failure = reply.Conclude(Ended(http::Fault::kAbortedByHandler));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, v1::ERROR_REASON_RATE_LIMIT);
}

TEST(Reply, AnErrorInGzipIsRead) {
  AnyReply reply;
  reply.OnHead(Head(429, {{"content-encoding", "gzip"}, {"content-type", "application/json"}}));
  EXPECT_EQ(reply.OnBody(Deflated(R"({"error":{"code":429,"message":"slow down"}})")), http::Flow::kContinue);
  const auto failure = reply.Conclude(Ended(http::Fault::kNone));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->error.upstream().message(), "slow down");
}

TEST(Reply, ABodyThatCannotBeDecodedIsNotUnderstood) {
  struct Encoding {
    const char* name;
    std::string body;
  };
  for (const Encoding& row :
       {Encoding{"br", "\x8b\x02"}, Encoding{"gzip", "\x1f\x8b\x08 and then something else"}}) {
    SCOPED_TRACE(row.name);
    AnyReply reply;
    reply.OnHead(Head(200, {{"content-encoding", row.name}}));
    EXPECT_EQ(reply.OnBody(row.body), http::Flow::kAbort);
    const auto failure = reply.Conclude(Ended(http::Fault::kAbortedByHandler));
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->reason, v1::ERROR_REASON_UPSTREAM_PROTOCOL);
    EXPECT_TRUE(failure->error.has_upstream());
  }
}

TEST(Reply, ABodyOfAnUnknownCodingThatIsTextIsRead) {
  AnyReply reply;
  reply.OnHead(Head(200, {{"content-encoding", "utf-8"}}));
  EXPECT_EQ(reply.OnBody(R"({"data":)"), http::Flow::kContinue);
  EXPECT_EQ(reply.OnBody("[]}"), http::Flow::kContinue);
  EXPECT_FALSE(reply.Conclude(Ended(http::Fault::kNone)));
}

TEST(Reply, TheKeyIsTakenOutOfFailures) {
  AttemptContext context;
  context.key = "sk-or-v1-secret";
  AnyReply reply(context);
  reply.OnHead(Head(400, {}));
  reply.OnBody(R"({"error":{"code":400,"message":"bad key sk-or-v1-secret"}})");
  const auto failure = reply.Conclude(Ended(http::Fault::kNone));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->error.DebugString().find("secret"), std::string::npos) << failure->error.DebugString();
}

// generation_started hands the id on while the call runs.
TEST(Reply, TheKeyIsTakenOutOfHeaders) {
  AttemptContext context;
  context.key = "sk-or-v1-secret";
  AnyReply reply(context);
  reply.OnHead(
      Head(200, {{"x-generation-id", "gen sk-or-v1-secret"}, {"x-ratelimit-key", "sk-or-v1-secret"}}));
  v1::Attempt attempt;
  v1::CallReport report;
  reply.Report(attempt, report);
  EXPECT_EQ(reply.generation_id(), "gen [redacted]");
  EXPECT_EQ(attempt.generation_id(), "gen [redacted]");
  EXPECT_EQ(report.rate_limit().at("x-ratelimit-key"), "[redacted]");
}

}  // namespace
}  // namespace openrouter_images::upstream
