#include "service/retry/retry_budgets.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace openrouter_images::retry {
namespace {

void Exhaust(RetryBudget& budget) {
  while (budget.AllowsRetry()) budget.TakeForFailure();
}

TEST(RetryBudgets, AnExhaustedKeyStopsNobodyElse) {
  RetryBudgets budgets(4, 0.1);
  Exhaust(*budgets.Of(Billing::kPaid, "digest-1"));
  EXPECT_FALSE(budgets.Of(Billing::kPaid, "digest-1")->AllowsRetry());
  EXPECT_TRUE(budgets.Of(Billing::kFree, "digest-1")->AllowsRetry());
  EXPECT_TRUE(budgets.Of(Billing::kPaid, "digest-2")->AllowsRetry());
  EXPECT_TRUE(budgets.Of(Billing::kPaid, "")->AllowsRetry());
}

TEST(RetryBudgets, TheServicesKeyHasABucketForEachKind) {
  RetryBudgets budgets(4, 0.1);
  Exhaust(*budgets.Of(Billing::kFree, ""));
  EXPECT_FALSE(budgets.Of(Billing::kFree, "")->AllowsRetry());
  EXPECT_TRUE(budgets.Of(Billing::kPaid, "")->AllowsRetry());
  EXPECT_TRUE(budgets.Of(Billing::kFree, "digest-1")->AllowsRetry());
}

TEST(RetryBudgets, TheOneUnusedForLongestIsForgotten) {
  RetryBudgets budgets(4, 0.1, /*max_caller_buckets=*/2);
  Exhaust(*budgets.Of(Billing::kPaid, ""));
  Exhaust(*budgets.Of(Billing::kPaid, "a"));
  Exhaust(*budgets.Of(Billing::kPaid, "b"));
  budgets.Of(Billing::kPaid, "a");
  budgets.Of(Billing::kPaid, "c");
  EXPECT_FALSE(budgets.Of(Billing::kPaid, "a")->AllowsRetry());
  EXPECT_TRUE(budgets.Of(Billing::kPaid, "b")->AllowsRetry());
  EXPECT_FALSE(budgets.Of(Billing::kPaid, "")->AllowsRetry()) << "the service's is never forgotten";
}

TEST(RetryBudgets, AForgottenBucketServesTheCallsThatHoldIt) {
  RetryBudgets budgets(4, 0.1, /*max_caller_buckets=*/1);
  const std::shared_ptr<RetryBudget> held = budgets.Of(Billing::kPaid, "a");
  budgets.Of(Billing::kPaid, "b");
  Exhaust(*held);
  EXPECT_FALSE(held->AllowsRetry());
}

TEST(RetryBudgets, ManyThreadsShareTheirOwnersBucket) {
  constexpr int kThreads = 4;
  constexpr int kFailures = 20;
  RetryBudgets budgets(2 * kThreads * kFailures + 1, 0.1, /*max_caller_buckets=*/kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&budgets, i] {
      for (int n = 0; n < kFailures; ++n) {
        budgets.Of(Billing::kPaid, "shared")->TakeForFailure();
        budgets.Of(Billing::kPaid, "own " + std::to_string(i % 2))->TakeForFailure();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto shared = budgets.Of(Billing::kPaid, "shared");
  EXPECT_TRUE(shared->AllowsRetry());
  shared->TakeForFailure();
  EXPECT_FALSE(shared->AllowsRetry()) << "no failure was lost";
}

}  // namespace
}  // namespace openrouter_images::retry
