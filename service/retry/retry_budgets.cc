#include "service/retry/retry_budgets.h"

namespace openrouter_images::retry {

RetryBudgets::RetryBudgets(int max_tokens, double token_ratio, std::size_t max_caller_buckets)
    : max_tokens_(max_tokens), token_ratio_(token_ratio), max_caller_buckets_(max_caller_buckets) {
  paid_.service = NewBudget();
  free_.service = NewBudget();
}

std::shared_ptr<RetryBudget> RetryBudgets::Of(Billing billing, std::string_view owner) {
  const std::lock_guard lock(mutex_);
  Buckets& buckets = billing == Billing::kPaid ? paid_ : free_;
  if (owner.empty()) return buckets.service;
  auto& [service, callers, by_owner] = buckets;
  if (const auto found = by_owner.find(owner); found != by_owner.end()) {
    callers.splice(callers.begin(), callers, found->second);
    return callers.front().budget;
  }
  callers.push_front({std::string(owner), NewBudget()});
  by_owner.emplace(callers.front().owner, callers.begin());
  if (callers.size() > max_caller_buckets_) {
    by_owner.erase(callers.back().owner);
    callers.pop_back();
  }
  return callers.front().budget;
}

std::shared_ptr<RetryBudget> RetryBudgets::NewBudget() const {
  return std::make_shared<RetryBudget>(max_tokens_, token_ratio_);
}

}  // namespace openrouter_images::retry
