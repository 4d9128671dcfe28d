#include "service/upstream/retry_loop.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/sha256.h"
#include "service/retry/retry_options.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/virtual_clock.h"
#include "tests/unit/upstream/scripted_transport.h"

namespace openrouter_images::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Step = ScriptedTransport::Step;

// A step that answers with an error in the upstream's own words.
Step Refusal(int status, std::vector<http::Header> headers = {}) {
  return {.status = status,
          .headers = std::move(headers),
          .body = R"({"error":{"code":)" + std::to_string(status) + R"(,"message":"no"}})"};
}

// A success is any 200, and one whose image came, however it ends. One that says "401" delivers a preview,
// and then refuses the service's key.
class AnyReply final : public ReplyReceiver {
 public:
  using ReplyReceiver::ReplyReceiver;

 private:
  http::Flow OnSuccessBody(std::string_view body) override {
    has_image_ = body.find("image") != body.npos;
    breaks_ = body.find("breaks") != body.npos;
    is_refused_ = body.find("401") != body.npos;
    return http::Flow::kContinue;
  }
  std::optional<errors::Failure> OnSuccessEnd(std::optional<errors::Failure> cut) override {
    if (breaks_) throw std::bad_alloc();
    if (is_refused_) return RefusedAfterAPreview();
    return has_image_ ? std::nullopt : cut;
  }
  bool HasWholeImage() const override { return has_image_; }

  errors::Failure RefusedAfterAPreview() const {
    errors::Failure failure = errors::FromCondition(operation(), errors::Condition::kHttp401ServiceKey, "");
    failure.error.mutable_delivered();
    return failure;
  }

  bool has_image_ = false;
  bool breaks_ = false;
  bool is_refused_ = false;
};

class NotedCalls final : public telemetry::CallObserver {
 public:
  void OnAttemptBegun(int number) override { notes.push_back("begun " + std::to_string(number)); }
  void OnFirstByte() override { notes.emplace_back("first byte"); }
  void OnAttemptEnded(const telemetry::AttemptRecord& attempt) override {
    const v1::Attempt& report = attempt.report;
    notes.push_back("ended " + std::to_string(report.number()) + " " + std::to_string(report.http_status()) +
                    (report.sent() ? " sent" : " not sent"));
  }
  void OnOutcome(const telemetry::CallRecord&) override {}

  std::vector<std::string> notes;
};

class RetryLoopTest : public ::testing::Test {
 protected:
  RetryLoopTest() {
    call_.call_id = "0123456789abcdef0123456789abcdef";
    call_.arrival = clock_.Now();
    call_.deadline = clock_.Now() + seconds(100);
    call_.observer = &observer_;
    call_.before_dispatch = [this](int attempt) -> boost::asio::awaitable<std::optional<errors::Condition>> {
      order_.push_back("ask " + std::to_string(attempt));
      co_return veto_;
    };
    call_.on_dispatch = [this] { order_.emplace_back("dispatch"); };
    request_.operation = errors::Operation::kGenerate;
    request_.http.method = http::Method::kPost;
    request_.http.body = "{}";
    call_.retry = retry::DefaultGenerateRetries();
    request_.minimum_time = seconds(5);
  }

  // Runs the loop over `steps`; nothing when it succeeded.
  std::optional<FailedCall> Run(std::deque<Step> steps) {
    transport_.emplace(std::move(steps));
    const RetryLoopResources resources{
        .service_key = *key_, .budgets = budgets_, .clock = clock_, .random = [this] { return Random(); }};
    RetryLoop loop(*transport_, call_, resources, request_);
    std::optional<FailedCall> failed;
    const auto work = [&]() -> boost::asio::awaitable<void> {
      co_await boost::asio::this_coro::throw_if_cancelled(false);
      std::optional<AnyReply> reply;
      failed = co_await loop.Run(
          [&](const AttemptContext& context) -> ReplyReceiver& { return reply.emplace(context); });
      report_ = loop.report();
    };
    boost::asio::io_context context;
    boost::asio::co_spawn(context, work(),
                          boost::asio::bind_cancellation_slot(cancel_.slot(), [](std::exception_ptr error) {
                            if (error) std::rethrow_exception(error);
                          }));
    context.run();
    return failed;
  }

  double Random() const {
    if (random_throws_) throw std::bad_alloc();
    return 0.5;
  }
  void Cancel() { cancel_.emit(boost::asio::cancellation_type::terminal); }
  std::size_t sent() const { return transport_->requests.size(); }
  static void Exhaust(retry::RetryBudget& budget) {
    while (budget.AllowsRetry()) budget.TakeForFailure();
  }
  static v1::BillingOutcome BillingOf(const std::optional<FailedCall>& failed) {
    return failed ? failed->failure.error.billing_outcome() : v1::BILLING_OUTCOME_UNSPECIFIED;
  }
  static errors::Condition ConditionOf(const std::optional<FailedCall>& failed) {
    return failed ? failed->failure.row->condition : errors::Condition::kInternal;
  }

  testing::VirtualClock clock_;
  NotedCalls observer_;
  CallContext call_;
  RetriedRequest request_;
  std::optional<errors::Condition> veto_;
  bool random_throws_ = false;
  std::vector<std::string> order_;
  retry::RetryBudgets budgets_{40, 0.1};
  std::optional<credentials::KeySource> key_ = *credentials::KeySource::Fixed("sk-service-key");
  std::optional<ScriptedTransport> transport_;
  v1::CallReport report_;
  boost::asio::cancellation_signal cancel_;
};

TEST_F(RetryLoopTest, ASuccessIsSentOnce) {
  EXPECT_FALSE(Run({{}}));
  EXPECT_EQ(sent(), 1U);
  EXPECT_EQ(report_.requests_sent(), 1);
  EXPECT_EQ(report_.call_id(), call_.call_id);
  EXPECT_THAT(clock_.sleeps, IsEmpty());
}

TEST_F(RetryLoopTest, AsksBeforeEachDispatch) {
  EXPECT_FALSE(Run({Refusal(503), {}}));
  EXPECT_THAT(order_, ElementsAre("ask 1", "dispatch", "ask 2", "dispatch"));
}

TEST_F(RetryLoopTest, TheObserverHearsOfEachAttempt) {
  EXPECT_FALSE(Run({Refusal(503), {.fault = http::Fault::kConnect, .connects = false}, {}}));
  EXPECT_THAT(observer_.notes,
              ElementsAre("begun 1", "first byte", "ended 1 503 sent", "begun 2", "ended 2 0 not sent",
                          "begun 3", "first byte", "ended 3 200 sent"));
}

TEST_F(RetryLoopTest, NeverBeforeRetryAfter) {
  EXPECT_FALSE(Run({Refusal(429, {{"Retry-After", "2"}}), {}}));
  EXPECT_THAT(clock_.sleeps, ElementsAre(seconds(2)));
  EXPECT_EQ(report_.retry_wait_time().seconds(), 2);
}

TEST_F(RetryLoopTest, ARetryAfterBeyondTheDeadlineIsNotWaitedFor) {
  const auto failed = Run({Refusal(429, {{"Retry-After", "3600"}}), {}});
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(failed->retry_delay, seconds(3600));
  EXPECT_THAT(clock_.sleeps, IsEmpty());
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, AWaitThatLeavesTooLittleTimeIsNotBegun) {
  call_.deadline = clock_.Now() + seconds(10);
  EXPECT_TRUE(Run({Refusal(429, {{"Retry-After", "6"}}), {}})) << "4 s would be left, and 5 s are needed";
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, WithTooLittleTimeNothingIsBegun) {
  call_.deadline = clock_.Now() + milliseconds(4'999);
  const auto failed = Run({{}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kDeadlineBeforeDispatch);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(sent(), 0U);
}

TEST_F(RetryLoopTest, ASlowConnectThatLeavesTooLittleTimeIsNotPaidFor) {
  call_.deadline = clock_.Now() + seconds(10);
  const auto failed = Run({{.while_connecting = [this] { clock_.Advance(seconds(6)); }}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kDeadlineBeforeDispatch);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(report_.requests_sent(), 0);
  EXPECT_THAT(order_, ElementsAre("ask 1")) << "nothing was dispatched";
}

TEST_F(RetryLoopTest, AVetoEndsTheCallUnsent) {
  veto_ = errors::Condition::kDraining;
  const auto failed = Run({{}, {}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kDraining);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_THAT(order_, ElementsAre("ask 1"));
}

TEST_F(RetryLoopTest, AVetoOfARepetitionLeavesTheFailureThatCostMore) {
  const auto failed = Run({{.status = 503,
                            .body = R"({"error":{"code":503,"message":"no"}})",
                            .after_dispatch = [this] { veto_ = errors::Condition::kDraining; }},
                           {}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kHttp503);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(sent(), 2U);
  EXPECT_EQ(report_.requests_sent(), 1);
  ASSERT_EQ(report_.attempts_size(), 2);
  EXPECT_EQ(report_.attempts(1).reason(), v1::ERROR_REASON_DRAINING);
}

TEST_F(RetryLoopTest, AVetoIsFinalWhateverItsReason) {
  veto_ = errors::Condition::kHttp402InFlight;  // A row that is repeated when the upstream says it.
  EXPECT_TRUE(Run({{}, {}}));
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, AReplyBeforeTheDispatchGoesByItsStatus) {
  call_.retry.set_retry_connection_errors(false);
  Step early = Refusal(429);
  early.replies_early = true;
  EXPECT_FALSE(Run({early, {}})) << "429 is listed, and no connection failed";
  EXPECT_EQ(report_.requests_sent(), 1) << "only the second request was sent whole";
}

TEST_F(RetryLoopTest, WhatWasNotDispatchedIsNotPaidFor) {
  Step early{.status = 504, .replies_early = true};
  const auto failed = Run({early});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kLostBeforeDispatch);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(report_.possibly_billed_attempts(), 0);
}

TEST_F(RetryLoopTest, AnExceptionIsAFailureThatKeepsWhatIsKnownOfTheMoney) {
  auto failed = Run({{.throws = true}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kInternalAfterDispatch);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(report_.requests_sent(), 1);
  EXPECT_EQ(failed->internal_error, "std::bad_alloc") << "for the log";
  EXPECT_THAT(observer_.notes, ElementsAre("begun 1", "ended 1 0 sent")) << "each beginning has its end";

  failed = Run({{.fault = http::Fault::kCallbackThrew, .detail = "std::bad_alloc"}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kInternalAfterDispatch);
  EXPECT_EQ(failed->internal_error, "std::bad_alloc") << "of a handler of the reply";
  EXPECT_EQ(failed->failure.message.find("bad_alloc"), std::string::npos) << "for the log alone";

  failed = Run({{.connects = false, .throws = true}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kInternal);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_SENT);
}

TEST_F(RetryLoopTest, AnImageThatCameIsTheAnswerAlsoAfterAnException) {
  EXPECT_FALSE(Run({{.body = "image", .throws_at_end = true}}));
  ASSERT_EQ(report_.attempts_size(), 1);
  EXPECT_EQ(report_.attempts(0).billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(BillingOf(Run({{.body = "none", .throws_at_end = true}})), v1::BILLING_OUTCOME_UNKNOWN);
}

TEST_F(RetryLoopTest, AnImageThatCannotBeHandedOutIsBilled) {
  const auto failed = Run({{.body = "image, breaks"}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kInternalAfterCompletion);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(failed->report.requests_sent(), 1);
  EXPECT_EQ(failed->internal_error, "std::bad_alloc");
  EXPECT_EQ(ConditionOf(Run({{.body = "breaks"}})), errors::Condition::kInternalAfterDispatch);
}

TEST_F(RetryLoopTest, AnExceptionBetweenAttemptsKeepsWhatIsKnownOfThem) {
  random_throws_ = true;
  const auto failed = Run({Refusal(500), {}});
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->internal_error, "std::bad_alloc");
  EXPECT_EQ(failed->failure.reason, v1::ERROR_REASON_UPSTREAM_INTERNAL) << "the costlier of the two";
  EXPECT_EQ(failed->report.attempts_size(), 1);
  EXPECT_EQ(failed->report.requests_sent(), 1);
}

TEST_F(RetryLoopTest, ALostAnswerIsNotRepeated) {
  const auto failed = Run({{.fault = http::Fault::kReset}, {}});
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, ALostAnswerIsRepeatedByConsentAndStaysTheFailureOfTheCall) {
  call_.retry.set_retry_unknown_outcome(true);
  const auto failed = Run({{.fault = http::Fault::kReset}, Refusal(400)});
  EXPECT_EQ(sent(), 2U);
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kConnectionLost);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_UNKNOWN) << "the first attempt may have been paid for";
  EXPECT_EQ(report_.possibly_billed_attempts(), 1);
}

TEST_F(RetryLoopTest, OfEquallyCostlyFailuresTheLastIsThatOfTheCall) {
  EXPECT_EQ(ConditionOf(Run({Refusal(503), Refusal(429), Refusal(400)})), errors::Condition::kHttp400);
}

TEST_F(RetryLoopTest, EachAttemptIsOnRecord) {
  EXPECT_FALSE(
      Run({Refusal(429, {{"Retry-After", "2"}, {"X-Request-Id", "request-1"}, {"X-RateLimit-Limit", "7"}}),
           {.fault = http::Fault::kConnect, .connects = false},
           {.headers = {{"X-Generation-Id", "gen-3"}, {"cf-ray", "ray-3"}}}}));
  ASSERT_EQ(report_.attempts_size(), 3);
  const v1::Attempt& refused = report_.attempts(0);
  EXPECT_EQ(refused.number(), 1);
  EXPECT_TRUE(refused.sent());
  EXPECT_EQ(refused.billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(refused.reason(), v1::ERROR_REASON_RATE_LIMIT);
  EXPECT_EQ(refused.http_status(), 429);
  EXPECT_EQ(refused.upstream_request_id(), "request-1");
  const v1::Attempt& unconnected = report_.attempts(1);
  EXPECT_FALSE(unconnected.sent());
  EXPECT_EQ(unconnected.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_EQ(unconnected.reason(), v1::ERROR_REASON_UPSTREAM_CONNECT);
  EXPECT_EQ(unconnected.http_status(), 0);
  EXPECT_EQ(unconnected.start_offset().seconds(), 2);
  const v1::Attempt& success = report_.attempts(2);
  EXPECT_EQ(success.number(), 3);
  EXPECT_EQ(success.billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(success.reason(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(success.generation_id(), "gen-3");
  EXPECT_EQ(success.cf_ray(), "ray-3");
  EXPECT_EQ(report_.requests_sent(), 2);
  EXPECT_TRUE(report_.rate_limit().empty()) << "the last reply has none";
}

TEST_F(RetryLoopTest, AnAttemptThatTookTooLongIsRepeatedOnlyByConsent) {
  *call_.retry.mutable_attempt_timeout() = google::protobuf::util::TimeUtil::SecondsToDuration(20);
  const auto failed = Run({{.fault = http::Fault::kAttemptTimeout}, {}});
  EXPECT_EQ(transport_->requests.at(0).timeouts.attempt, seconds(20));
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kAttemptTimeout);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(sent(), 1U);

  call_.retry.set_retry_unknown_outcome(true);
  EXPECT_FALSE(Run({{.fault = http::Fault::kAttemptTimeout}, {}}));
  EXPECT_EQ(report_.possibly_billed_attempts(), 1);
}

TEST_F(RetryLoopTest, AnEmptyBudgetStopsRetries) {
  Exhaust(*budgets_.Of(retry::Billing::kPaid, ""));
  EXPECT_TRUE(Run({Refusal(503), {}}));
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, AnEmptyBudgetStopsTheRetriesOfItsKeyAlone) {
  call_.caller_key = "sk-key-of-one-caller";
  Exhaust(*budgets_.Of(retry::Billing::kPaid, client::Sha256Of(call_.caller_key)));
  EXPECT_TRUE(Run({Refusal(503), {}}));
  call_.caller_key = "sk-key-of-another-caller";
  EXPECT_FALSE(Run({Refusal(503), {}}));
  call_.caller_key.clear();
  EXPECT_FALSE(Run({Refusal(503), {}}));
}

TEST_F(RetryLoopTest, ACallersKeyTakesThePlaceOfTheServices) {
  call_.caller_key = "sk-key-of-a-caller";
  EXPECT_FALSE(Run({{}}));
  EXPECT_THAT(transport_->requests.at(0).headers, Contains("Authorization: Bearer sk-key-of-a-caller"));
  EXPECT_EQ(ConditionOf(Run({Refusal(401)})), errors::Condition::kHttp401CallerKey);
}

TEST_F(RetryLoopTest, WithoutAKeyNothingIsSent) {
  key_ = *credentials::KeySource::Fixed("");
  EXPECT_EQ(ConditionOf(Run({{}})), errors::Condition::kNoApiKey);
  EXPECT_EQ(sent(), 0U);
}

// The service's key in a file.
class RotatedKeyTest : public RetryLoopTest {
 protected:
  RotatedKeyTest() {
    Write("sk-old-key");
    key_ = *credentials::KeySource::FromFile(file_, [this] { return clock_.Now(); });
  }
  void Write(const std::string& key) { std::ofstream(file_) << key; }

  Step RefusalOfTheKey(bool rotate) {
    Step step = Refusal(401);
    if (rotate) step.after_dispatch = [this] { Write("sk-new-key"); };
    return step;
  }

  static bool Has(const http::Request& request, std::string_view key) {
    for (const std::string& header : request.headers) {
      if (header.find(key) != std::string::npos) return true;
    }
    return false;
  }

  // Of its own for each test: tests run side by side.
  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "key";
};

TEST_F(RotatedKeyTest, ARefusedKeyIsReadAgainOnce) {
  call_.retry.set_max_attempts(1);
  EXPECT_FALSE(Run({RefusalOfTheKey(/*rotate=*/true), {}})) << "the renewed attempt does not count";
  ASSERT_EQ(sent(), 2U);
  EXPECT_TRUE(Has(transport_->requests[0], "sk-old-key"));
  EXPECT_TRUE(Has(transport_->requests[1], "sk-new-key"));
  EXPECT_THAT(clock_.sleeps, IsEmpty());
}

TEST_F(RotatedKeyTest, AKeyThatStaysTheSameIsNotTriedAgain) {
  EXPECT_EQ(ConditionOf(Run({RefusalOfTheKey(/*rotate=*/false), {}})), errors::Condition::kHttp401ServiceKey);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RotatedKeyTest, WhatWasDeliveredIsNotAskedForAgain) {
  Step step{.body = "401", .after_dispatch = [this] { Write("sk-new-key"); }};
  EXPECT_EQ(ConditionOf(Run({step, {}})), errors::Condition::kHttp401ServiceKey);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RotatedKeyTest, ASecondRefusalEndsTheCall) {
  EXPECT_TRUE(Run({RefusalOfTheKey(/*rotate=*/true), RefusalOfTheKey(/*rotate=*/false), {}}));
  EXPECT_EQ(sent(), 2U);
}

TEST_F(RetryLoopTest, ACancellationBeforeTheBeginSendsNothing) {
  // Cancelled while the first attempt connects; the transport says so itself.
  const auto failed = Run(
      {{.fault = http::Fault::kCancelled, .connects = false, .while_connecting = [this] { Cancel(); }}, {}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kCancelledBeforeDispatch);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_SENT);
}

TEST_F(RetryLoopTest, ACancellationAfterTheDispatchIsUnknown) {
  const auto failed = Run({{.fault = http::Fault::kCancelled, .after_dispatch = [this] { Cancel(); }}, {}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kCancelledAfterDispatch);
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_UNKNOWN);
}

TEST_F(RetryLoopTest, ACancellationBetweenAnAttemptAndItsWaitIsNotLost) {
  Step step = Refusal(429, {{"Retry-After", "60"}});
  // The reply is complete: there is nothing left that the cancellation could interrupt.
  step.after_dispatch = [this] { Cancel(); };
  EXPECT_TRUE(Run({step, {}}));
  EXPECT_THAT(clock_.sleeps, IsEmpty()) << "a zombie waits out Retry-After";
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, ACancellationDuringTheWaitSendsNothing) {
  clock_.on_sleep = [this] { Cancel(); };
  const auto failed = Run({Refusal(503), {}});
  EXPECT_EQ(ConditionOf(failed), errors::Condition::kHttp503) << "the attempt that was sent";
  EXPECT_EQ(BillingOf(failed), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RetryLoopTest, TheKeyIsTakenOutOfTheUpstreamsWords) {
  const auto failed =
      Run({{.status = 400, .body = R"({"error":{"code":400,"message":"bad key sk-service-key"}})"}});
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->failure.error.ShortDebugString().find("sk-service-key"), std::string::npos);
}

TEST_F(RetryLoopTest, TheKeyIsTakenOutOfTheUpstreamsHeaders) {
  EXPECT_FALSE(Run(
      {{.headers = {{"X-Generation-Id", "gen-sk-service-key"}, {"X-RateLimit-Key", "of sk-service-key"}}}}));
  EXPECT_EQ(report_.attempts(0).generation_id(), "gen-[redacted]");
  EXPECT_EQ(report_.rate_limit().at("x-ratelimit-key"), "of [redacted]");
}

TEST_F(RetryLoopTest, ACatalogRequestIsNotAskedFor) {
  request_.operation = errors::Operation::kCatalog;
  request_.http.method = http::Method::kGet;
  request_.minimum_time = milliseconds(0);
  call_.retry = retry::DefaultCatalogRetries();
  EXPECT_FALSE(Run({{.fault = http::Fault::kReset}, {}})) << "the catalog is free: lost answers are repeated";
  EXPECT_THAT(order_, IsEmpty());
  EXPECT_EQ(report_.attempts(0).billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(report_.attempts(1).billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(report_.possibly_billed_attempts(), 0);
}

}  // namespace
}  // namespace openrouter_images::upstream
