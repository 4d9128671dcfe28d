#include "service/errors/billing_outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace openrouter_images::errors {
namespace {

TEST(BillingOutcome, BilledIsCostlierThanPerhapsBilled) {
  const std::vector<v1::BillingOutcome> from_the_cheapest = {
      v1::BILLING_OUTCOME_UNSPECIFIED, v1::BILLING_OUTCOME_NOT_SENT, v1::BILLING_OUTCOME_NOT_BILLED,
      v1::BILLING_OUTCOME_UNKNOWN, v1::BILLING_OUTCOME_BILLED};
  for (std::size_t a = 0; a < from_the_cheapest.size(); ++a) {
    for (std::size_t b = 0; b < from_the_cheapest.size(); ++b) {
      EXPECT_EQ(Costlier(from_the_cheapest[a], from_the_cheapest[b]), from_the_cheapest[std::max(a, b)]);
    }
  }
}

TEST(BillingOutcome, OnlyWhatCertainlyCostNothingIsFree) {
  EXPECT_TRUE(IsFree(v1::BILLING_OUTCOME_NOT_SENT));
  EXPECT_TRUE(IsFree(v1::BILLING_OUTCOME_NOT_BILLED));
  EXPECT_FALSE(IsFree(v1::BILLING_OUTCOME_UNKNOWN));
  EXPECT_FALSE(IsFree(v1::BILLING_OUTCOME_BILLED));
  EXPECT_FALSE(IsFree(v1::BILLING_OUTCOME_UNSPECIFIED));
}

}  // namespace
}  // namespace openrouter_images::errors
