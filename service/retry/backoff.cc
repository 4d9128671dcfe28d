#include "service/retry/backoff.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "google/protobuf/util/time_util.h"

namespace openrouter_images::retry {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

}  // namespace

Backoff::Backoff(const v1::RetryOptions& options, Uniform uniform)
    : initial_interval_(
          std::chrono::nanoseconds(TimeUtil::DurationToNanoseconds(options.initial_interval()))),
      max_interval_(std::chrono::nanoseconds(TimeUtil::DurationToNanoseconds(options.max_interval()))),
      exponent_(options.exponent()),
      uniform_(std::move(uniform)) {}

milliseconds Backoff::Next(std::optional<milliseconds> retry_after) {
  const auto drawn = std::chrono::floor<milliseconds>(UpperEnd() * uniform_());
  ++attempts_;
  return std::max(drawn, retry_after.value_or(milliseconds::zero()));
}

milliseconds Backoff::Longest(std::optional<milliseconds> retry_after) const {
  return std::max(std::chrono::ceil<milliseconds>(UpperEnd()), retry_after.value_or(milliseconds::zero()));
}

Backoff::Milliseconds Backoff::UpperEnd() const {
  return std::min(initial_interval_ * std::pow(attempts_, exponent_), max_interval_);
}

}  // namespace openrouter_images::retry
