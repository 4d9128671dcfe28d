#include "service/retry/retry_options.h"

#include <initializer_list>
#include <string>

#include "absl/strings/ascii.h"
#include "google/protobuf/util/time_util.h"

namespace openrouter::images::retry {
namespace {

using google::protobuf::Duration;
using google::protobuf::util::TimeUtil;

constexpr int kMaxAttempts = 10;
constexpr int kMaxRetryCodes = 16;
constexpr double kMaxExponent = 10;

v1::RetryOptions Defaults(int max_attempts, bool retry_unknown_outcome,
                          std::initializer_list<const char*> retry_codes) {
  v1::RetryOptions options;
  options.set_strategy(v1::RetryOptions::STRATEGY_BACKOFF);
  options.set_max_attempts(max_attempts);
  *options.mutable_initial_interval() = TimeUtil::MillisecondsToDuration(500);
  *options.mutable_max_interval() = TimeUtil::SecondsToDuration(60);
  options.set_exponent(1.5);
  *options.mutable_max_elapsed_time() = TimeUtil::HoursToDuration(1);
  options.set_retry_connection_errors(true);
  options.set_retry_unknown_outcome(retry_unknown_outcome);
  for (const char* code : retry_codes) options.add_retry_codes(code);
  return options;
}

// In any Duration that keeps its own rules, both parts have the same sign and the nanoseconds stay below one
// second.
bool InRange(const Duration& duration, const Duration& longest) {
  const bool well_formed =
      duration.seconds() >= 0 && duration.nanos() >= 0 && duration.nanos() < 1'000'000'000;
  return well_formed && (duration.seconds() > 0 || duration.nanos() > 0) && duration <= longest;
}

bool IsRetryCode(std::string_view code) {
  if (code.size() != 3 || (code[0] != '4' && code[0] != '5')) return false;
  return code.substr(1) == "XX" || (absl::ascii_isdigit(static_cast<unsigned char>(code[1])) &&
                                    absl::ascii_isdigit(static_cast<unsigned char>(code[2])));
}

}  // namespace

v1::RetryOptions DefaultGenerateRetries() {
  return Defaults(3, false, {"402", "429", "500", "502", "503", "529"});
}

v1::RetryOptions DefaultCatalogRetries() {
  return Defaults(4, true, {"408", "429", "500", "502", "503", "504", "524", "529"});
}

v1::RetryOptions Merge(const v1::RetryOptions& base, const v1::RetryOptions& override) {
  v1::RetryOptions merged = base;
  // MergeFrom appends lists and merges the two halves of a Duration separately: what is to be replaced goes
  // first.
  if (override.retry_codes_size() > 0) merged.clear_retry_codes();
  if (override.has_initial_interval()) merged.clear_initial_interval();
  if (override.has_max_interval()) merged.clear_max_interval();
  if (override.has_max_elapsed_time()) merged.clear_max_elapsed_time();
  merged.MergeFrom(override);
  if (override.strategy() != v1::RetryOptions::STRATEGY_UNSPECIFIED) return merged;
  if (base.has_strategy()) {
    merged.set_strategy(base.strategy());
  } else {
    merged.clear_strategy();
  }
  return merged;
}

void Validate(const v1::RetryOptions& options, std::string_view path, ViolationSink sink) {
  const auto report = [&](std::string_view name, std::string_view description) {
    std::string field(path);
    if (!field.empty()) field += '.';
    sink(field.append(name), description);
  };
  if (!v1::RetryOptions::Strategy_IsValid(options.strategy())) {
    report("strategy", "must be STRATEGY_BACKOFF or STRATEGY_NONE");
  }
  if (options.has_max_attempts() && (options.max_attempts() < 1 || options.max_attempts() > kMaxAttempts)) {
    report("max_attempts", "must be 1 to 10");
  }
  const Duration hour = TimeUtil::HoursToDuration(1);
  const bool initial_in_range = InRange(options.initial_interval(), hour);
  const bool max_in_range = InRange(options.max_interval(), hour);
  if (options.has_initial_interval() && !initial_in_range) {
    report("initial_interval", "must be above zero and at most 1 h");
  }
  if (options.has_max_interval() && !max_in_range)
    report("max_interval", "must be above zero and at most 1 h");
  if (initial_in_range && max_in_range && options.max_interval() < options.initial_interval()) {
    report("max_interval", "must be at least initial_interval");
  }
  // Written so that NaN is out of range too.
  if (options.has_exponent() && !(options.exponent() >= 1 && options.exponent() <= kMaxExponent)) {
    report("exponent", "must be 1 to 10");
  }
  if (options.has_max_elapsed_time() && !InRange(options.max_elapsed_time(), TimeUtil::HoursToDuration(24))) {
    report("max_elapsed_time", "must be above zero and at most 24 h");
  }
  if (options.retry_codes_size() > kMaxRetryCodes) {
    report("retry_codes", "must be at most 16 codes");
    return;
  }
  for (int i = 0; i < options.retry_codes_size(); ++i) {
    if (IsRetryCode(options.retry_codes(i))) continue;
    report("retry_codes[" + std::to_string(i) + "]",
           "must be an HTTP status from 400 to 599, or 4XX, or 5XX");
  }
}

}  // namespace openrouter::images::retry
