#include "service/upstream/call_account.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/virtual_clock.h"

namespace openrouter_images::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(CallAccountTest, TimesCountFromTheArrivalAndTheAttempt) {
  testing::VirtualClock clock;
  CallAccount account("id", clock.Now(), clock);
  clock.Advance(seconds(1));
  account.BeginAttempt();
  clock.Advance(seconds(2));
  http::TransferResult result;
  result.timings.first_byte = milliseconds(1500);
  const v1::Attempt& attempt =
      account.EndAttempt(result, v1::BILLING_OUTCOME_NOT_BILLED, v1::ERROR_REASON_RATE_LIMIT);
  EXPECT_EQ(attempt.start_offset().seconds(), 1);
  EXPECT_EQ(attempt.time_to_first_byte().nanos(), 500'000'000);
  EXPECT_EQ(attempt.total_time().seconds(), 2);
  account.AddWait(seconds(3));
  account.AddWait(seconds(4));
  const v1::CallReport report = account.Report();
  EXPECT_EQ(report.call_id(), "id");
  EXPECT_EQ(report.total_time().seconds(), 3);
  EXPECT_EQ(report.retry_wait_time().seconds(), 7);
}

// Libcurl repeats a GET by itself when a kept-alive connection proves dead.
TEST(CallAccountTest, CountsRequestsNotAttempts) {
  testing::VirtualClock clock;
  CallAccount account("id", clock.Now(), clock);
  account.BeginAttempt();
  http::TransferResult result;
  result.dispatched = true;
  result.dispatches = 2;
  account.EndAttempt(result, v1::BILLING_OUTCOME_NOT_BILLED, v1::ERROR_REASON_UNSPECIFIED);
  account.BeginAttempt();
  account.EndAttempt({}, v1::BILLING_OUTCOME_NOT_SENT, v1::ERROR_REASON_UPSTREAM_DNS);
  EXPECT_EQ(account.attempts(), 2);
  EXPECT_EQ(account.Report().requests_sent(), 2);
  EXPECT_FALSE(account.Report().has_retry_wait_time());
  EXPECT_FALSE(account.Report().attempts(1).has_time_to_first_byte()) << "no byte arrived";
}

}  // namespace
}  // namespace openrouter_images::upstream
