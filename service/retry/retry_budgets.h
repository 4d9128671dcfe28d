#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/retry/retry_budget.h"
#include "service/retry/retry_policy.h"

namespace openrouter_images::retry {

// One budget for each kind of operation and owner of the API key, so that a key that is refused again and
// again stops the retries of its own calls and of no others. Thread-safe.
class RetryBudgets {
 public:
  // Buckets of callers' keys that are kept. Beyond it the one that was unused for longest is forgotten: its
  // owner begins again with a full bucket.
  static constexpr std::size_t kMaxCallerBuckets = 1024;

  // `max_tokens` and `token_ratio` as in RetryBudget.
  RetryBudgets(int max_tokens, double token_ratio, std::size_t max_caller_buckets = kMaxCallerBuckets);

  // `owner` identifies the key, for instance by a digest; empty: the service's own. Never null.
  std::shared_ptr<RetryBudget> Of(Billing billing, std::string_view owner);

 private:
  struct Bucket {
    std::string owner;
    std::shared_ptr<RetryBudget> budget;
  };
  // Of one kind of operation.
  struct Buckets {
    std::shared_ptr<RetryBudget> service;
    // The last used first.
    std::list<Bucket> callers;
    // The keys refer to Bucket::owner.
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_owner;
  };

  std::shared_ptr<RetryBudget> NewBudget() const;

  const int max_tokens_;
  const double token_ratio_;
  const std::size_t max_caller_buckets_;
  // Guards what follows.
  std::mutex mutex_;
  Buckets paid_;
  Buckets free_;
};

}  // namespace openrouter_images::retry
