#include "service/errors/billing_outcome.h"

namespace openrouter_images::errors {
namespace {

int Rank(v1::BillingOutcome outcome) {
  switch (outcome) {
    case v1::BILLING_OUTCOME_BILLED:
      return 4;
    case v1::BILLING_OUTCOME_UNKNOWN:
      return 3;
    case v1::BILLING_OUTCOME_NOT_BILLED:
      return 2;
    case v1::BILLING_OUTCOME_NOT_SENT:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

v1::BillingOutcome Costlier(v1::BillingOutcome a, v1::BillingOutcome b) {
  return Rank(a) >= Rank(b) ? a : b;
}

bool IsFree(v1::BillingOutcome outcome) {
  return outcome == v1::BILLING_OUTCOME_NOT_SENT || outcome == v1::BILLING_OUTCOME_NOT_BILLED;
}

}  // namespace openrouter_images::errors
