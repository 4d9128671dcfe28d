#include "service/retry/retry_options.h"

#include <initializer_list>
#include <string>

#include "absl/strings/ascii.h"
#include "google/protobuf/util/time_util.h"
#include "service/limits/field_path.h"

namespace openrouter_images::retry {
namespace {

using google::protobuf::util::TimeUtil;

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
  for (const char* code : retry_codes) options.mutable_retry_codes()->add_codes(code);
  return options;
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

void CheckRules(const v1::RetryOptions& options, std::string_view path, limits::Violations& violations) {
  const limits::FieldPath root(path);
  const bool both = options.has_initial_interval() && options.has_max_interval();
  if (both && options.max_interval() < options.initial_interval()) {
    limits::AddViolation(root.Field("max_interval").ToString(), "must be at least initial_interval",
                         violations);
  }
  const limits::FieldPath retry_codes = root.Field("retry_codes");
  const limits::FieldPath codes = retry_codes.Field("codes");
  for (int i = 0; i < options.retry_codes().codes_size(); ++i) {
    if (IsRetryCode(options.retry_codes().codes(i))) continue;
    limits::AddViolation(codes.Index(i).ToString(), "must be an HTTP status from 400 to 599, or 4XX, or 5XX",
                         violations);
  }
}

}  // namespace openrouter_images::retry
