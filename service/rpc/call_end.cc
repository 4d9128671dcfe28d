#include "service/rpc/call_end.h"

#include <absl/status/status.h>
#include <absl/strings/ascii.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "service/base/duration.h"
#include "service/errors/reason.h"
#include "service/errors/status_builder.h"
#include "service/rpc/wire.h"

namespace openrouter_images::rpc {
namespace {

using errors::Condition;

// What a cancellation becomes; nothing for other failures, and where there is no nearer reason.
std::optional<Condition> Explained(Interruption cause, Condition cancellation) {
  const bool drain = cause == Interruption::kDrain;
  switch (cancellation) {
    case Condition::kCancelledBeforeDispatch:
      return drain ? std::optional(Condition::kDraining) : std::nullopt;
    case Condition::kCancelledAfterDispatch:
      return drain ? Condition::kDrainedAfterDispatch : Condition::kReaderStalled;
    case Condition::kCancelledAfterCompletion:
      return drain ? std::nullopt : std::optional(Condition::kReaderStalledAfterCompletion);
    default:
      return std::nullopt;
  }
}

// The upstream's word, if it is one: a text could echo a prompt.
std::string WordOf(const std::string& error_type) {
  constexpr std::size_t kMaxWord = 64;
  const bool is_word = error_type.size() <= kMaxWord && std::ranges::all_of(error_type, [](unsigned char c) {
                         return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
                       });
  return is_word ? error_type : "";
}

// The first two steps of each path: what follows may be the caller's text, a name in a Struct for instance.
std::set<std::string> FieldsOf(const limits::Violations& violations) {
  constexpr std::size_t kMaxFields = 16;
  std::set<std::string> fields;
  for (const limits::FieldViolation& violation : violations) {
    if (fields.size() == kMaxFields) break;
    const std::string& path = violation.field;
    const std::size_t first = std::min(path.find('.'), path.size());
    fields.insert(path.substr(0, path.find_first_of(".[", std::min(first + 1, path.size()))));
  }
  return fields;
}

}  // namespace

grpc::Status EndWithFailure(upstream::FailedCall failed, std::chrono::nanoseconds elapsed,
                            telemetry::CallRecord& record) {
  errors::Failure& failure = failed.failure;
  failure.model = record.model;
  if (!failed.report.has_total_time()) {
    *failed.report.mutable_total_time() = base::ToDuration(elapsed);
  }
  record.code = absl::StatusCodeToString(failure.code);
  record.reason = std::string(errors::ReasonName(failure.reason));
  record.responsible = failure.error.responsible_party();
  record.error_type = WordOf(failure.error.upstream().error_type());
  record.fields = FieldsOf(failure.violations);
  record.billing = failure.error.billing_outcome();
  if (failure.error.has_cost_usd()) record.cost_usd = failure.error.cost_usd();
  if (!failed.internal_error.empty()) record.internal_error = std::move(failed.internal_error);
  record.report = failed.report;
  return ToGrpcStatus(errors::StatusBuilder(failure, failed.report, failed.retry_delay).Build());
}

void ExplainCancellation(Interruption cause, upstream::FailedCall& failed) {
  errors::Failure& failure = failed.failure;
  const std::optional<errors::Condition> explained = Explained(cause, failure.row->condition);
  if (!explained) return;
  v1::ImagesError known = std::move(failure.error);
  failure = errors::FromCondition(failure.operation, *explained, "");
  if (known.has_delivered()) *failure.error.mutable_delivered() = std::move(*known.mutable_delivered());
  if (known.has_upstream()) *failure.error.mutable_upstream() = std::move(*known.mutable_upstream());
  if (known.has_cost_usd()) failure.error.set_cost_usd(known.cost_usd());
}

void ForbidRetry(grpc::CallbackServerContext& context) {
  context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
}

}  // namespace openrouter_images::rpc
