#include "service/errors/error_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "service/errors/billing_outcome.h"
#include "service/errors/reason.h"

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
    EXPECT_NE(row.code, StatusCode::kOk);
    EXPECT_LE(row.what.size(), 80u);
    EXPECT_LE(row.advice.size(), 160u);
    EXPECT_TRUE(row.advice.ends_with('.'));
  }
}

// The groups of error_reason.proto.
v1::BillingOutcome OutcomeOfNumber(int reason) {
  if (reason < 40) return v1::BILLING_OUTCOME_NOT_SENT;
  if (reason < 80) return v1::BILLING_OUTCOME_NOT_BILLED;
  return reason < 120 ? v1::BILLING_OUTCOME_UNKNOWN : v1::BILLING_OUTCOME_BILLED;
}

TEST(ErrorTable, HasEveryReasonWithItsBillingOutcome) {
  std::set<int> found;
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    EXPECT_EQ(row.billing, OutcomeOfNumber(row.reason)) << NameOf(row);
    found.insert(row.reason);
  }
  const google::protobuf::EnumDescriptor& reasons = *v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const int number = reasons.value(i)->number();
    EXPECT_EQ(found.contains(number), number != v1::ERROR_REASON_UNSPECIFIED) << reasons.value(i)->name();
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
        EXPECT_TRUE(row.advice.starts_with("Nothing was billed"));
        break;
      case v1::BILLING_OUTCOME_BILLED:
        EXPECT_TRUE(row.advice.starts_with("It was billed"));
        break;
      default:
        EXPECT_TRUE(row.advice.starts_with("It may have been billed"));
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

TEST(ErrorTable, HasTheCodesOfTheContract) {
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    SCOPED_TRACE(NameOf(row));
    // Clients repeat these on their own.
    if (row.code == StatusCode::kUnavailable || row.code == StatusCode::kResourceExhausted) {
      EXPECT_TRUE(IsFree(row.billing));
    }
    if (row.exit_class == v1::EXIT_CLASS_LIMIT) {
      EXPECT_EQ(row.code, StatusCode::kResourceExhausted);
    }
    if (row.responsible == v1::RESPONSIBLE_PARTY_OPERATOR) {
      EXPECT_EQ(row.code, StatusCode::kInternal);
    }
    if (row.kind == v1::ERROR_KIND_REQUEST_TIMEOUT) {
      EXPECT_EQ(row.code, StatusCode::kDeadlineExceeded);
    }
    if (row.billing == v1::BILLING_OUTCOME_BILLED && row.kind != v1::ERROR_KIND_REQUEST_ABORTED) {
      EXPECT_EQ(row.code, StatusCode::kDataLoss);
    }
  }
}

TEST(ErrorTable, TheCatalogIsFree) {
  for (const ErrorRow& paid : ErrorTable(Operation::kGenerate)) {
    SCOPED_TRACE(NameOf(paid));
    const ErrorRow& free = RowOf(paid.condition, Operation::kCatalog);
    EXPECT_TRUE(IsFree(free.billing));
    EXPECT_NE(free.retryability, Retryability::kUnknownOutcome);
    EXPECT_EQ(free.reason, paid.reason);
    EXPECT_EQ(free.advice.find("It "), std::string_view::npos);
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
        "| {} | {} | `{}` | {} | {} | {} |\n", NameOf(row), absl::StatusCodeToString(row.code),
        ReasonName(row.reason), v1::BillingOutcome_Name(row.billing).substr(sizeof("BILLING_OUTCOME_") - 1),
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
