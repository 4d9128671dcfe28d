#include "service/retry/backoff.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/time_util.h"

namespace openrouter_images::retry {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

}  // namespace

Backoff::Backoff(const v1::RetryOptions& options, Uniform uniform)
    : upper_end_(std::chrono::nanoseconds(TimeUtil::DurationToNanoseconds(options.initial_interval()))),
      max_interval_(std::chrono::nanoseconds(TimeUtil::DurationToNanoseconds(options.max_interval()))),
      exponent_(options.exponent()),
      uniform_(std::move(uniform)) {
  upper_end_ = std::min(upper_end_, max_interval_);
}

milliseconds Backoff::Next(std::optional<milliseconds> retry_after) {
  const auto drawn = std::chrono::floor<milliseconds>(upper_end_ * uniform_());
  upper_end_ = std::min(upper_end_ * exponent_, max_interval_);
  return std::max(drawn, retry_after.value_or(milliseconds::zero()));
}

milliseconds Backoff::Longest(std::optional<milliseconds> retry_after) const {
  return std::max(std::chrono::ceil<milliseconds>(upper_end_), retry_after.value_or(milliseconds::zero()));
}

}  // namespace openrouter_images::retry
