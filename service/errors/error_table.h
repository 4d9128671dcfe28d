#pragma once

#include <absl/status/status.h>

#include <span>
#include <string_view>

#include "openrouter_images/v1/errors.pb.h"
#include "service/errors/condition.h"
#include "service/errors/operation.h"
#include "service/retry/retry_policy.h"

namespace openrouter_images::errors {

// What a condition means for an operation. Every text is static.
struct ErrorRow {
  Condition condition;
  // "429", "other 4xx"; empty when it is not about an HTTP status.
  std::string_view status;
  // What happened, in words that follow the status or are a sentence of their own.
  std::string_view what;
  v1::ErrorKind kind;
  v1::ResponsibleParty responsible;
  v1::ExitClass exit_class;
  absl::StatusCode code;
  // For generations each reason has exactly one billing outcome.
  v1::ErrorReason reason;
  v1::BillingOutcome billing;
  retry::Retryability retryability;
  // One sentence for the person who reads it: what to do next, and whether asking again is free.
  std::string_view advice;
};

// The row of a condition. For kCatalog nothing is ever billed or unknown: a lost reply is transient, so it is
// UNAVAILABLE, or DEADLINE_EXCEEDED when the time ran out.
const ErrorRow& RowOf(Condition condition, Operation operation);

// All rows, in the order of Condition.
std::span<const ErrorRow> ErrorTable(Operation operation);

}  // namespace openrouter_images::errors
