#include "service/retry/retry_budget.h"

#include <algorithm>
#include <cmath>

namespace openrouter_images::retry {
namespace {

constexpr std::int64_t kThousandthsPerToken = 1000;

}  // namespace

RetryBudget::RetryBudget(int max_tokens, double token_ratio)
    : max_thousandths_(max_tokens * kThousandthsPerToken),
      thousandths_per_success_(std::max<std::int64_t>(1, std::llround(token_ratio * kThousandthsPerToken))),
      thousandths_(max_thousandths_) {}

void RetryBudget::TakeForFailure() {
  Add(-kThousandthsPerToken);
}

void RetryBudget::GiveForSuccess() {
  Add(thousandths_per_success_);
}

bool RetryBudget::AllowsRetry() const {
  return thousandths_.load(std::memory_order_relaxed) > max_thousandths_ / 2;
}

void RetryBudget::Add(std::int64_t thousandths) {
  // Relaxed order suffices: the counter protects no other memory.
  std::int64_t current = thousandths_.load(std::memory_order_relaxed);
  while (!thousandths_.compare_exchange_weak(
      current, std::clamp<std::int64_t>(current + thousandths, 0, max_thousandths_),
      std::memory_order_relaxed)) {
  }
}

}  // namespace openrouter_images::retry
