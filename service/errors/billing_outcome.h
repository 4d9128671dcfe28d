#pragma once

#include "openrouter_images/v1/errors.pb.h"

namespace openrouter_images::errors {

// The answer to "was money spent?", in the order BILLED, UNKNOWN, NOT_BILLED, NOT_SENT, from the costliest
// on: certainly paid is worse than perhaps paid. UNSPECIFIED is below them all. The numbers of the enum have
// another order, so outcomes are not compared by std::max.

// The costlier of two outcomes.
v1::BillingOutcome Costlier(v1::BillingOutcome a, v1::BillingOutcome b);

// Whether certainly no money was spent: asking again is free.
bool IsFree(v1::BillingOutcome outcome);

}  // namespace openrouter_images::errors
