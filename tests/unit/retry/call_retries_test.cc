#include "service/retry/call_retries.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "service/retry/retry_after.h"
#include "service/retry/retry_options.h"

namespace openrouter_images::retry {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Action = CallRetries::Decision::Action;
using TimePoint = CallRetries::TimePoint;
using StopReason = CallRetries::StopReason;

constexpr TimePoint kStart{seconds(1'000'000)};

AttemptFailure Status(int http_status, std::optional<milliseconds> retry_after = {}) {
  return {.retryability = Retryability::kTransient,
          .dispatched = true,
          .http_status = http_status,
          .retry_after = retry_after};
}
AttemptFailure ErrorIn200() {
  return {.retryability = Retryability::kOnce, .dispatched = true, .http_status = 200, .retry_after = {}};
}
AttemptFailure Reset() {
  return {
      .retryability = Retryability::kUnknownOutcome, .dispatched = true, .http_status = 0, .retry_after = {}};
}
AttemptFailure ConnectRefused() {
  return {.retryability = Retryability::kTransient, .dispatched = false, .http_status = 0, .retry_after = {}};
}
AttemptFailure BadRequest() {
  return {
      .retryability = Retryability::kPermanent, .dispatched = true, .http_status = 400, .retry_after = {}};
}

// The first wait is 250 ms, the second 707 ms: half of the upper ends 500 and 500 * 2 ^ 1.5.
double Half() {
  return 0.5;
}

struct Row {
  std::string name;
  std::function<void(v1::RetryOptions&)> options;
  std::optional<milliseconds> deadline;
  std::vector<AttemptFailure> failures;
  // Of each failure but the last, which ends the call.
  std::vector<milliseconds> waits;
  StopReason stop_reason;
  std::optional<milliseconds> suggested_delay;
};

void PrintTo(const Row& row, std::ostream* os) {
  *os << row.name;
}

void AsDefault(v1::RetryOptions&) {}
std::function<void(v1::RetryOptions&)> MaxAttempts(int n) {
  return [n](v1::RetryOptions& options) { options.set_max_attempts(n); };
}

class CallTest : public testing::TestWithParam<Row> {};

TEST_P(CallTest, EndsAsItShould) {
  const Row& row = GetParam();
  v1::RetryOptions options = DefaultGenerateRetries();
  row.options(options);
  RetryBudget budget(100, 0.1);
  CallRetries retries(RetryPolicy(options, Billing::kPaid), Backoff(options, Half), budget, kStart,
                      row.deadline ? kStart + *row.deadline : TimePoint::max());
  TimePoint now = kStart;
  ASSERT_EQ(row.waits.size() + 1, row.failures.size());
  for (std::size_t i = 0; i < row.waits.size(); ++i) {
    const auto decision = retries.AfterFailure(row.failures[i], now);
    ASSERT_EQ(decision.action, Action::kRetry) << "after failure " << i;
    EXPECT_EQ(decision.stop_reason, StopReason::kNone);
    EXPECT_EQ(decision.wait, row.waits[i]) << "after failure " << i;
    EXPECT_EQ(decision.suggested_delay, std::nullopt);
    now += decision.wait;
  }
  const auto last = retries.AfterFailure(row.failures.back(), now);
  EXPECT_EQ(last.action, Action::kGiveUp);
  EXPECT_EQ(last.wait, milliseconds(0));
  EXPECT_EQ(last.stop_reason, row.stop_reason);
  EXPECT_EQ(last.suggested_delay, row.suggested_delay);
}

constexpr milliseconds kDay = kMaxRetryAfter;

INSTANTIATE_TEST_SUITE_P(
    Failures, CallTest,
    testing::ValuesIn(std::vector<Row>{
        {"ThreeAttempts",
         AsDefault,
         {},
         {Status(503), Status(503), Status(503)},
         {milliseconds(250), milliseconds(707)},
         StopReason::kAttemptsExhausted,
         milliseconds(2599)},
        {"OneAttempt",
         MaxAttempts(1),
         {},
         {Status(503)},
         {},
         StopReason::kAttemptsExhausted,
         milliseconds(500)},
        {"StrategyNone",
         [](v1::RetryOptions& o) { o.set_strategy(v1::RetryOptions::STRATEGY_NONE); },
         {},
         {Status(503, seconds(9))},
         {},
         StopReason::kAttemptsExhausted,
         seconds(9)},
        {"NeverBeforeRetryAfter",
         AsDefault,
         {},
         {Status(429, seconds(2)), BadRequest()},
         {seconds(2)},
         StopReason::kPermanent,
         {}},
        {"RetryAfterBelowTheDraw",
         AsDefault,
         {},
         {Status(429, milliseconds(1)), BadRequest()},
         {milliseconds(250)},
         StopReason::kPermanent,
         {}},
        {"RetryAfterAboveMaxInterval",
         AsDefault,
         {},
         {Status(429, seconds(90)), BadRequest()},
         {seconds(90)},
         StopReason::kPermanent,
         {}},
        {"RetryAfterPastTheDeadline",
         AsDefault,
         seconds(300),
         {Status(429, seconds(3600))},
         {},
         StopReason::kDeadline,
         seconds(3600)},
        {"RetryAfterADay", AsDefault, seconds(300), {Status(429, kDay)}, {}, StopReason::kDeadline, kDay},
        {"RetryAfterADayWithoutDeadline",
         AsDefault,
         {},
         {Status(429, kDay)},
         {},
         StopReason::kElapsedTime,
         kDay},
        {"WaitToTheDeadline",
         AsDefault,
         milliseconds(250),
         {Status(503)},
         {},
         StopReason::kDeadline,
         milliseconds(500)},
        {"WaitToJustBeforeTheDeadline",
         AsDefault,
         milliseconds(251),
         {Status(503), Status(503)},
         {milliseconds(250)},
         StopReason::kDeadline,
         milliseconds(1415)},
        {"DeadlineGone",
         AsDefault,
         milliseconds(-1),
         {Status(503)},
         {},
         StopReason::kDeadline,
         milliseconds(500)},
        {"ElapsedTimeOver",
         [](v1::RetryOptions& o) { *o.mutable_max_elapsed_time() = TimeUtil::MillisecondsToDuration(956); },
         {},
         {Status(503), Status(503)},
         {milliseconds(250)},
         StopReason::kElapsedTime,
         milliseconds(1415)},
        {"ElapsedTimeJustReached",
         [](v1::RetryOptions& o) { *o.mutable_max_elapsed_time() = TimeUtil::MillisecondsToDuration(957); },
         {},
         {Status(503), Status(503), Status(503)},
         {milliseconds(250), milliseconds(707)},
         StopReason::kAttemptsExhausted,
         milliseconds(2599)},
        {"Permanent", AsDefault, {}, {BadRequest()}, {}, StopReason::kPermanent, {}},
        {"NotListed", AsDefault, {}, {Status(509, seconds(3))}, {}, StopReason::kExcluded, seconds(3)},
        {"UnknownOutcome", AsDefault, {}, {Reset()}, {}, StopReason::kOptInMissing, {}},
        {"UnknownOutcomeAfterARetry",
         AsDefault,
         {},
         {Status(429), Reset()},
         {milliseconds(250)},
         StopReason::kOptInMissing,
         {}},
        {"UnknownOutcomeOptedIn",
         [](v1::RetryOptions& o) { o.set_retry_unknown_outcome(true); },
         {},
         {Reset(), Reset(), Reset()},
         {milliseconds(250), milliseconds(707)},
         StopReason::kAttemptsExhausted,
         {}},
        {"NotSent",
         AsDefault,
         {},
         {ConnectRefused(), ConnectRefused(), ConnectRefused()},
         {milliseconds(250), milliseconds(707)},
         StopReason::kAttemptsExhausted,
         milliseconds(2599)},
        {"NotSentNotWanted",
         [](v1::RetryOptions& o) { o.set_retry_connection_errors(false); },
         {},
         {ConnectRefused()},
         {},
         StopReason::kExcluded,
         milliseconds(500)},
        {"OnceIsOnce",
         MaxAttempts(10),
         {},
         {ErrorIn200(), ErrorIn200()},
         {milliseconds(250)},
         StopReason::kAttemptsExhausted,
         milliseconds(1415)},
        {"OnceBetweenOthers",
         MaxAttempts(10),
         {},
         {Status(429), ErrorIn200(), Status(429), ErrorIn200()},
         {milliseconds(250), milliseconds(707), milliseconds(1299)},
         StopReason::kAttemptsExhausted,
         milliseconds(4000)},
        {"OnceObeysMaxAttempts",
         MaxAttempts(1),
         {},
         {ErrorIn200()},
         {},
         StopReason::kAttemptsExhausted,
         milliseconds(500)},
    }),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

TEST(CallRetries, EachDrawIsUsedOnce) {
  std::deque<double> script{0.1, 0.9};
  const auto draw = [&] {
    const double next = script.at(0);
    script.pop_front();
    return next;
  };
  const v1::RetryOptions options = DefaultGenerateRetries();
  RetryBudget budget(100, 0.1);
  CallRetries retries(RetryPolicy(options, Billing::kPaid), Backoff(options, draw), budget, kStart,
                      TimePoint::max());
  EXPECT_EQ(retries.AfterFailure(Status(429), kStart).wait, milliseconds(50));
  EXPECT_EQ(retries.AfterFailure(Status(429), kStart).wait, milliseconds(1272));
  EXPECT_EQ(retries.AfterFailure(Status(429), kStart).stop_reason, StopReason::kAttemptsExhausted);
}

// What one call takes from a bucket of 2, where one token less means that retries pause.
struct BudgetRow {
  std::string name;
  AttemptFailure failure;
  bool takes;
};

void PrintTo(const BudgetRow& row, std::ostream* os) {
  *os << row.name;
}

class CallBudgetTest : public testing::TestWithParam<BudgetRow> {};

TEST_P(CallBudgetTest, OnlyWhatCouldBeRetriedTakes) {
  const v1::RetryOptions options = DefaultGenerateRetries();
  RetryBudget budget(2, 1);
  CallRetries retries(RetryPolicy(options, Billing::kPaid), Backoff(options, Half), budget, kStart,
                      TimePoint::max());
  const auto decision = retries.AfterFailure(GetParam().failure, kStart);
  EXPECT_EQ(decision.action, Action::kGiveUp);
  EXPECT_EQ(decision.stop_reason == StopReason::kBudget, GetParam().takes);
  EXPECT_EQ(budget.AllowsRetry(), !GetParam().takes);
}

INSTANTIATE_TEST_SUITE_P(Failures, CallBudgetTest,
                         testing::ValuesIn(std::vector<BudgetRow>{
                             {"Status429", Status(429), true},
                             {"NotSent", ConnectRefused(), true},
                             {"ErrorIn200", ErrorIn200(), true},
                             {"Permanent", BadRequest(), false},
                             {"NotListed", Status(509), false},
                             {"UnknownOutcome", Reset(), false},
                         }),
                         [](const testing::TestParamInfo<BudgetRow>& row) { return row.param.name; });

TEST(CallRetries, APausedBudgetStillSaysWhenToComeBack) {
  const v1::RetryOptions options = DefaultGenerateRetries();
  RetryBudget budget(2, 1);
  CallRetries retries(RetryPolicy(options, Billing::kPaid), Backoff(options, Half), budget, kStart,
                      TimePoint::max());
  EXPECT_EQ(retries.AfterFailure(Status(429, seconds(7)), kStart).suggested_delay, seconds(7));
}

TEST(CallRetries, SuccessGivesBack) {
  const v1::RetryOptions options = DefaultGenerateRetries();
  RetryBudget budget(2, 1);
  budget.TakeForFailure();
  ASSERT_FALSE(budget.AllowsRetry());
  CallRetries(RetryPolicy(options, Billing::kPaid), Backoff(options, Half), budget, kStart, TimePoint::max())
      .AfterSuccess();
  EXPECT_TRUE(budget.AllowsRetry());
}

// An upstream that answers 429 to everything, and callers that all start at once: attempt by attempt in the
// order of time.
int AttemptsInAStorm(int callers, RetryBudget& budget) {
  const v1::RetryOptions options = DefaultGenerateRetries();
  std::vector<CallRetries> waiting;
  for (int i = 0; i < callers; ++i) {
    waiting.emplace_back(RetryPolicy(options, Billing::kPaid), Backoff(options, Half), budget, kStart,
                         kStart + seconds(300));
  }
  int attempts = 0;
  TimePoint now = kStart;
  while (!waiting.empty()) {
    std::vector<CallRetries> next;
    for (CallRetries& call : waiting) {
      ++attempts;
      if (call.AfterFailure(Status(429), now).action == Action::kRetry) next.push_back(call);
    }
    waiting.swap(next);
    now += seconds(1);
  }
  return attempts;
}

struct StormRow {
  std::string name;
  int max_tokens;
  // Retries until the bucket is at half.
  int retries;
};

void PrintTo(const StormRow& row, std::ostream* os) {
  *os << row.name;
}

class StormTest : public testing::TestWithParam<StormRow> {};

TEST_P(StormTest, RetriesStopWhenTheBucketIsAtHalf) {
  constexpr int kCallers = 200;
  RetryBudget budget(GetParam().max_tokens, 0.1);
  EXPECT_EQ(AttemptsInAStorm(kCallers, budget), kCallers + GetParam().retries);
  // While the storm lasts, no call is repeated.
  EXPECT_EQ(AttemptsInAStorm(kCallers, budget), kCallers);
}

INSTANTIATE_TEST_SUITE_P(Buckets, StormTest,
                         testing::ValuesIn(std::vector<StormRow>{
                             {"Tiny", 2, 0},
                             {"Forty", 40, 19},
                             {"Eighty", 80, 39},
                             {"Default", 100, 49},
                         }),
                         [](const testing::TestParamInfo<StormRow>& row) { return row.param.name; });

TEST(Storm, WithTheDefaultBucketAttemptsStayNearTheCallers) {
  RetryBudget budget(100, 0.1);
  int attempts = 0;
  constexpr int kCallers = 200;
  constexpr int kWaves = 5;
  for (int wave = 0; wave < kWaves; ++wave) attempts += AttemptsInAStorm(kCallers, budget);
  EXPECT_LE(attempts, kCallers * kWaves * 1.2);
}

}  // namespace
}  // namespace openrouter_images::retry
