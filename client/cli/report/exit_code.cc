#include "client/cli/report/exit_code.h"

#include <fmt/format.h>

#include <string_view>

namespace openrouter::images::client {
namespace {

struct Row {
  ExitCode code;
  std::string_view meaning;
};

constexpr Row kRows[] = {
    {ExitCode::kOk, "done"},
    {ExitCode::kUnexpected, "unexpected error; nothing billed"},
    {ExitCode::kInvalid, "wrong usage or invalid request; nothing billed"},
    {ExitCode::kNotAllowed, "authentication or permission; nothing billed"},
    {ExitCode::kNotFound, "no such model or endpoint; nothing billed"},
    {ExitCode::kLimit, "credits, quota or rate limit; nothing billed, retry later"},
    {ExitCode::kUnavailable, "server or upstream unavailable or failed; nothing billed"},
    {ExitCode::kOutcomeUnknown, "outcome unknown: the picture may have been billed"},
    {ExitCode::kPaidAndLost, "billed, but no picture, or it could not be written where asked"},
    {ExitCode::kInterrupted, "interrupted"},
};

ExitCode ExitCodeOfKind(v1::ErrorKind kind) {
  switch (kind) {
    case v1::ERROR_KIND_BAD_REQUEST:
    case v1::ERROR_KIND_PAYLOAD_TOO_LARGE:
    case v1::ERROR_KIND_INVALID_REQUEST:
      return ExitCode::kInvalid;
    case v1::ERROR_KIND_UNAUTHORIZED:
    case v1::ERROR_KIND_FORBIDDEN:
      return ExitCode::kNotAllowed;
    case v1::ERROR_KIND_NOT_FOUND:
      return ExitCode::kNotFound;
    case v1::ERROR_KIND_PAYMENT_REQUIRED:
    case v1::ERROR_KIND_TOO_MANY_REQUESTS:
      return ExitCode::kLimit;
    case v1::ERROR_KIND_INTERNAL_SERVER:
    case v1::ERROR_KIND_BAD_GATEWAY:
    case v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT:
    case v1::ERROR_KIND_PROVIDER_OVERLOADED:
    case v1::ERROR_KIND_OTHER_HTTP_STATUS:
    case v1::ERROR_KIND_GENERATION_FAILED:
    case v1::ERROR_KIND_CONNECTION:
    case v1::ERROR_KIND_REQUEST_TIMEOUT:
    case v1::ERROR_KIND_REQUEST_ABORTED:
    case v1::ERROR_KIND_UNAVAILABLE:
      return ExitCode::kUnavailable;
    default:
      return ExitCode::kUnexpected;
  }
}

}  // namespace

ExitCode ExitCodeOf(const ImagesError& error) {
  if (error.billing_outcome == v1::BILLING_OUTCOME_BILLED) return ExitCode::kPaidAndLost;
  if (error.billing_outcome != v1::BILLING_OUTCOME_NOT_SENT &&
      error.billing_outcome != v1::BILLING_OUTCOME_NOT_BILLED) {
    return ExitCode::kOutcomeUnknown;
  }
  // A budget that is used up is a 403 too.
  if (error.code == grpc::StatusCode::RESOURCE_EXHAUSTED && error.kind != v1::ERROR_KIND_INVALID_REQUEST)
    return ExitCode::kLimit;
  return ExitCodeOfKind(error.kind);
}

std::string ExitCodeHelp() {
  std::string text = "Exit codes:\n";
  for (const Row& row : kRows) text += fmt::format("  {:>3}  {}\n", static_cast<int>(row.code), row.meaning);
  return text;
}

}  // namespace openrouter::images::client
