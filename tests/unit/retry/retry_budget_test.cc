#include "service/retry/retry_budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace openrouter_images::retry {
namespace {

void Fail(RetryBudget& budget, int times) {
  for (int i = 0; i < times; ++i) budget.TakeForFailure();
}

void Succeed(RetryBudget& budget, int times) {
  for (int i = 0; i < times; ++i) budget.GiveForSuccess();
}

TEST(RetryBudget, StartsFull) {
  EXPECT_TRUE(RetryBudget(1, 0.1).AllowsRetry());
}

TEST(RetryBudget, PausesAtHalf) {
  RetryBudget budget(10, 0.1);
  Fail(budget, 4);
  EXPECT_TRUE(budget.AllowsRetry());
  Fail(budget, 1);
  EXPECT_FALSE(budget.AllowsRetry());
}

TEST(RetryBudget, AnOddMaximumPausesBelowHalf) {
  RetryBudget budget(3, 1);
  Fail(budget, 1);
  EXPECT_TRUE(budget.AllowsRetry());
  Fail(budget, 1);
  EXPECT_FALSE(budget.AllowsRetry());
}

TEST(RetryBudget, SuccessesGiveBackByThousandths) {
  RetryBudget budget(10, 0.001);
  Fail(budget, 5);
  EXPECT_FALSE(budget.AllowsRetry());
  Succeed(budget, 1);
  EXPECT_TRUE(budget.AllowsRetry());
  Fail(budget, 1);
  Succeed(budget, 999);
  EXPECT_FALSE(budget.AllowsRetry());
  Succeed(budget, 1);
  EXPECT_TRUE(budget.AllowsRetry());
}

TEST(RetryBudget, NeverFallsBelowZero) {
  RetryBudget budget(10, 1);
  Fail(budget, 1000);
  Succeed(budget, 5);
  EXPECT_FALSE(budget.AllowsRetry());
  Succeed(budget, 1);
  EXPECT_TRUE(budget.AllowsRetry());
}

TEST(RetryBudget, NeverRisesAboveTheMaximum) {
  RetryBudget budget(10, 1000);
  Succeed(budget, 1000);
  Fail(budget, 5);
  EXPECT_FALSE(budget.AllowsRetry());
}

TEST(RetryBudget, ATinyRatioStillRecovers) {
  RetryBudget budget(2, 1e-9);
  Fail(budget, 1);
  Succeed(budget, 1);
  EXPECT_TRUE(budget.AllowsRetry());
}

TEST(RetryBudget, LosesNothingBetweenThreads) {
  RetryBudget budget(1000, 0.001);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 25'000; ++n) {
        if (n % 1000 == 0) Fail(budget, 5);
        budget.GiveForSuccess();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // 500 failures against 100 successes' worth of tokens; the cap may have swallowed some of the latter, never
  // more.
  EXPECT_TRUE(budget.AllowsRetry());
  Fail(budget, 100);
  EXPECT_FALSE(budget.AllowsRetry());
}

}  // namespace
}  // namespace openrouter_images::retry
