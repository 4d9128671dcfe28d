#include "client/cli/report/exit_code.h"

#include <fmt/format.h>

#include <string_view>

namespace openrouter_images::client::cli {
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
    {ExitCode::kOutcomeUnknown, "outcome unknown: the image may have been billed"},
    {ExitCode::kPaidAndLost, "billed, but no image, or it could not be written where asked"},
    {ExitCode::kIncomplete, "billed and saved, but fewer images than made, a damaged one, or no report"},
    {ExitCode::kInterrupted, "interrupted"},
};

}  // namespace

ExitCode ExitCodeOf(const ImagesError& error) {
  if (error.billing_outcome == v1::BILLING_OUTCOME_BILLED) return ExitCode::kPaidAndLost;
  if (error.billing_outcome != v1::BILLING_OUTCOME_NOT_SENT &&
      error.billing_outcome != v1::BILLING_OUTCOME_NOT_BILLED) {
    return ExitCode::kOutcomeUnknown;
  }
  // Classes have the numbers of their codes. One that is newer than this tool is none of the codes promised.
  const bool known =
      error.exit_class != v1::EXIT_CLASS_UNSPECIFIED && v1::ExitClass_IsValid(error.exit_class);
  return known ? static_cast<ExitCode>(error.exit_class) : ExitCode::kUnexpected;
}

std::string ExitCodeHelp() {
  std::string text = "Exit codes:\n";
  for (const Row& row : kRows) text += fmt::format("  {:>3}  {}\n", static_cast<int>(row.code), row.meaning);
  return text;
}

}  // namespace openrouter_images::client::cli
