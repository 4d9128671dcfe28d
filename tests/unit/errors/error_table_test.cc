#include "service/errors/error_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "service/errors/billing_outcome.h"

namespace openrouter_images::errors {
namespace {

using absl::StatusCode;
using retry::Retryability;

std::string NameOf(const ErrorRow& row) {
  return row.status.empty() ? std::string(row.what) : fmt::format("{}: {}", row.status, row.what);
}

TEST(ErrorTable, FindsEveryRow) {
  for (const Operation operation : {Operation::kGenerate, Operation::kCatalog}) {
    for (const ErrorRow& row : ErrorTable(operation)) EXPECT_EQ(&RowOf(row.condition, operation), &row);
  }
}

TEST(ErrorTable, HasCompleteRows) {
  std::set<std::string> names;
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    SCOPED_TRACE(NameOf(row));
    EXPECT_TRUE(names.insert(NameOf(row)).second);
    EXPECT_FALSE(row.what.empty());
    EXPECT_NE(row.kind, v1::ERROR_KIND_UNSPECIFIED);
    EXPECT_NE(row.responsible, v1::RESPONSIBLE_PARTY_UNSPECIFIED);
    EXPECT_NE(row.exit_class, v1::EXIT_CLASS_UNSPECIFIED);
    EXPECT_NE(row.billing, v1::BILLING_OUTCOME_UNSPECIFIED);
    EXPECT_NE(row.code, StatusCode::kOk);
    EXPECT_TRUE(row.domain == kUpstreamDomain || row.domain == kServiceDomain);
    EXPECT_LE(row.reason.size(), 63u);
    for (const char c : row.reason) EXPECT_TRUE(std::isupper(c) || c == '_') << row.reason;
    EXPECT_LE(row.what.size(), 80u);
    EXPECT_LE(row.advice.size(), 160u);
    EXPECT_TRUE(row.advice.ends_with('.'));
  }
}

TEST(ErrorTable, AdviceSaysWhetherMoneyWasSpent) {
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    SCOPED_TRACE(NameOf(row));
    switch (row.billing) {
      case v1::BILLING_OUTCOME_NOT_SENT:
        EXPECT_TRUE(row.advice.starts_with("Nothing was sent"));
        break;
      case v1::BILLING_OUTCOME_NOT_BILLED:
        EXPECT_TRUE(row.advice.starts_with("Nothing was paid"));
        break;
      case v1::BILLING_OUTCOME_BILLED:
        EXPECT_TRUE(row.advice.starts_with("It was paid for"));
        break;
      default:
        EXPECT_TRUE(row.advice.starts_with("It may have been paid for") ||
                    row.condition == Condition::kRedirect);
    }
  }
}

TEST(ErrorTable, RepeatsNothingThatMayHaveCostMoney) {
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    SCOPED_TRACE(NameOf(row));
    const bool free_to_repeat =
        row.retryability == Retryability::kTransient || row.retryability == Retryability::kOnce;
    if (free_to_repeat) {
      EXPECT_TRUE(IsFree(row.billing));
    }
    if (row.retryability == Retryability::kUnknownOutcome) {
      EXPECT_EQ(row.billing, v1::BILLING_OUTCOME_UNKNOWN);
    }
  }
}

// CANCELLED is the exception: it answers someone who has left.
TEST(ErrorTable, GivesNoCodeThatInvitesRepeatingWhatMayHaveCostMoney) {
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    if (!IsFree(row.billing)) {
      EXPECT_FALSE(IsRetriedByClients(row.code)) << NameOf(row);
    }
  }
}

TEST(IsRetriedByClients, IsTrueForTheCodesOfPassingFaults) {
  const std::set<StatusCode> retried = {StatusCode::kUnavailable, StatusCode::kInternal,
                                        StatusCode::kResourceExhausted, StatusCode::kDeadlineExceeded,
                                        StatusCode::kAborted};
  for (int code = 0; code <= static_cast<int>(StatusCode::kUnauthenticated); ++code) {
    EXPECT_EQ(IsRetriedByClients(static_cast<StatusCode>(code)),
              retried.contains(static_cast<StatusCode>(code)))
        << code;
  }
}

TEST(ErrorTable, TheCatalogIsFree) {
  for (const ErrorRow& paid : ErrorTable(Operation::kGenerate)) {
    SCOPED_TRACE(NameOf(paid));
    const ErrorRow& free = RowOf(paid.condition, Operation::kCatalog);
    EXPECT_TRUE(IsFree(free.billing));
    EXPECT_NE(free.retryability, Retryability::kUnknownOutcome);
    EXPECT_NE(free.reason, "OUTCOME_UNKNOWN");
    EXPECT_EQ(free.advice.find("paid for"), std::string_view::npos);
    if (paid.condition != Condition::kErrorInSuccess) {
      EXPECT_NE(free.code, StatusCode::kUnknown);
    }
    if (IsFree(paid.billing)) {
      EXPECT_EQ(free.code, paid.code);
    }
    EXPECT_EQ(free.kind, paid.kind);
    EXPECT_EQ(free.responsible, paid.responsible);
    EXPECT_EQ(free.exit_class, paid.exit_class);
  }
}

std::string_view Repeated(const ErrorRow& row) {
  // Transient, but not on the default list.
  if (row.condition == Condition::kHttpOther5xx) return "only if listed in `retry_codes`";
  switch (row.retryability) {
    case Retryability::kPermanent:
      return "no";
    case Retryability::kTransient:
      return "yes";
    case Retryability::kOnce:
      return "once";
    case Retryability::kUnknownOutcome:
      return "only with `retry_unknown_outcome`";
  }
  return "";
}

std::string Markdown() {
  std::string text =
      "| what happened | gRPC code | reason | billing | who has to act | repeated by the service |\n"
      "|---|---|---|---|---|---|\n";
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    text += fmt::format(
        "| {} | {} | `{}` | {} | {} | {} |\n", NameOf(row), absl::StatusCodeToString(row.code), row.reason,
        v1::BillingOutcome_Name(row.billing).substr(sizeof("BILLING_OUTCOME_") - 1),
        v1::ResponsibleParty_Name(row.responsible).substr(sizeof("RESPONSIBLE_PARTY_") - 1), Repeated(row));
  }
  return text;
}

TEST(ErrorTable, IsInTheReadme) {
  constexpr std::string_view kBegin = "<!-- error-table -->\n";
  constexpr std::string_view kEnd = "<!-- /error-table -->";
  std::ifstream file(README_FILE);
  ASSERT_TRUE(file) << README_FILE;
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const std::size_t begin = readme.find(kBegin);
  const std::size_t end = readme.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end)
      << "the README has no error table; it goes like this:\n"
      << kBegin << Markdown() << kEnd;
  const std::string found = readme.substr(begin + kBegin.size(), end - begin - kBegin.size());
  EXPECT_TRUE(found == Markdown()) << "the README's error table should be:\n" << kBegin << Markdown() << kEnd;
}

}  // namespace
}  // namespace openrouter_images::errors
