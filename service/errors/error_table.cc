#include "service/errors/error_table.h"

#include <cstddef>
#include <vector>

#include "service/errors/billing_outcome.h"
#include "service/errors/generation_rows.h"

namespace openrouter_images::errors {
namespace {

using absl::StatusCode;
using retry::Retryability;

// Replaces UNKNOWN: a lost reply of the catalog costs only time.
StatusCode CatalogCode(const ErrorRow& row) {
  if (row.code != StatusCode::kUnknown) return row.code;
  if (IsTimeout(row.condition)) return StatusCode::kDeadlineExceeded;
  return row.kind == v1::ERROR_KIND_UNEXPECTED ? StatusCode::kInternal : StatusCode::kUnavailable;
}

ErrorRow CatalogRow(ErrorRow row) {
  if (IsFree(row.billing)) return row;
  row.code = CatalogCode(row);
  row.billing = v1::BILLING_OUTCOME_NOT_BILLED;
  if (row.retryability == Retryability::kUnknownOutcome) row.retryability = Retryability::kTransient;
  row.advice = row.responsible == v1::RESPONSIBLE_PARTY_OPERATOR
                   ? "The catalog is free, but asking again does not help: the operator has to correct the "
                     "service's base URL."
                   : "The catalog is free: ask again, and tell the service's operator if it goes on.";
  return row;
}

}  // namespace

std::span<const ErrorRow> ErrorTable(Operation operation) {
  static const std::vector<ErrorRow> catalog = [] {
    std::vector<ErrorRow> rows;
    for (const ErrorRow& row : GenerationRows()) rows.push_back(CatalogRow(row));
    return rows;
  }();
  return operation == Operation::kCatalog ? std::span(catalog) : GenerationRows();
}

const ErrorRow& RowOf(Condition condition, Operation operation) {
  return ErrorTable(operation)[static_cast<std::size_t>(condition)];
}

}  // namespace openrouter_images::errors
