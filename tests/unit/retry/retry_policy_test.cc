#include "service/retry/retry_policy.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "service/retry/retry_options.h"

namespace openrouter_images::retry {
namespace {

using Eligibility = RetryPolicy::Eligibility;
using enum Retryability;

enum class Sent { kNo, kYes };

struct PolicyRow {
  std::string name;
  std::function<void(v1::RetryOptions&)> options;
  Billing billing;
  Retryability retryability;
  Sent sent;
  int http_status;
  Eligibility eligibility;
};

void PrintTo(const PolicyRow& row, std::ostream* os) {
  *os << row.name;
}

void ByDefault(v1::RetryOptions&) {}
void OptIn(v1::RetryOptions& options) {
  options.set_retry_unknown_outcome(true);
}
void NoConnectionErrors(v1::RetryOptions& options) {
  options.set_retry_connection_errors(false);
}
std::function<void(v1::RetryOptions&)> Codes(std::vector<std::string> codes) {
  return [codes](v1::RetryOptions& options) {
    options.mutable_retry_codes()->mutable_codes()->Assign(codes.begin(), codes.end());
  };
}

class JudgeTest : public testing::TestWithParam<PolicyRow> {};

TEST_P(JudgeTest, Judges) {
  const PolicyRow& row = GetParam();
  v1::RetryOptions options =
      row.billing == Billing::kPaid ? DefaultGenerateRetries() : DefaultCatalogRetries();
  row.options(options);
  const RetryPolicy policy(options, row.billing);
  EXPECT_EQ(policy.Evaluate({.retryability = row.retryability,
                             .dispatched = row.sent == Sent::kYes,
                             .http_status = row.http_status,
                             .retry_after = {}}),
            row.eligibility);
}

constexpr auto kPaid = Billing::kPaid;
constexpr auto kFree = Billing::kFree;
constexpr auto kNo = Sent::kNo;
constexpr auto kYes = Sent::kYes;
constexpr auto kRetryable = Eligibility::kRetryable;
constexpr auto kExcluded = Eligibility::kExcluded;
constexpr auto kOptInMissing = Eligibility::kOptInMissing;
constexpr auto kFinal = Eligibility::kPermanent;

INSTANTIATE_TEST_SUITE_P(
    Failures, JudgeTest,
    testing::ValuesIn(std::vector<PolicyRow>{
        {"ConnectRefused", ByDefault, kPaid, kTransient, kNo, 0, kRetryable},
        {"ConnectRefusedNotWanted", NoConnectionErrors, kPaid, kTransient, kNo, 0, kExcluded},
        {"CatalogConnectRefusedNotWanted", NoConnectionErrors, kFree, kTransient, kNo, 0, kExcluded},
        {"BadCertificate", ByDefault, kPaid, kPermanent, kNo, 0, kFinal},
        {"RefusedStream", ByDefault, kPaid, kTransient, kYes, 0, kRetryable},

        {"Status402InFlight", ByDefault, kPaid, kTransient, kYes, 402, kRetryable},
        {"Status429", ByDefault, kPaid, kTransient, kYes, 429, kRetryable},
        {"Status500", ByDefault, kPaid, kTransient, kYes, 500, kRetryable},
        {"Status502", ByDefault, kPaid, kTransient, kYes, 502, kRetryable},
        {"Status503", ByDefault, kPaid, kTransient, kYes, 503, kRetryable},
        {"Status529", ByDefault, kPaid, kTransient, kYes, 529, kRetryable},
        {"TransientButNotListed", ByDefault, kPaid, kTransient, kYes, 509, kExcluded},
        {"StruckFromTheList", Codes({"503"}), kPaid, kTransient, kYes, 429, kExcluded},
        {"NoCodes", Codes({}), kPaid, kTransient, kYes, 429, kExcluded},
        {"ByClass", Codes({"5XX"}), kPaid, kTransient, kYes, 509, kRetryable},
        {"ByClassLowest", Codes({"5XX"}), kPaid, kTransient, kYes, 500, kRetryable},
        {"ByClassHighest", Codes({"5XX"}), kPaid, kTransient, kYes, 599, kRetryable},
        {"BelowTheClass", Codes({"5XX"}), kPaid, kTransient, kYes, 499, kExcluded},
        {"AboveTheClass", Codes({"4XX"}), kPaid, kTransient, kYes, 500, kExcluded},
        {"BeyondAllClasses", Codes({"4XX", "5XX"}), kPaid, kTransient, kYes, 600, kExcluded},

        {"Status400", ByDefault, kPaid, kPermanent, kYes, 400, kFinal},
        {"Status404", ByDefault, kPaid, kPermanent, kYes, 404, kFinal},
        {"Status404ByNumber", Codes({"404"}), kPaid, kPermanent, kYes, 404, kFinal},
        {"Status409ThatCanPass", Codes({"409"}), kPaid, kTransient, kYes, 409, kRetryable},
        {"Status404ByClass", Codes({"4XX"}), kPaid, kPermanent, kYes, 404, kFinal},
        {"Status402NoCredits", ByDefault, kPaid, kPermanent, kYes, 402, kFinal},
        {"Status402NoCreditsByNumber", Codes({"402"}), kPaid, kPermanent, kYes, 402, kFinal},
        {"Status503MarkedAsFinal", ByDefault, kPaid, kPermanent, kYes, 503, kFinal},
        {"Status600", Codes({"404"}), kPaid, kPermanent, kYes, 600, kFinal},

        {"ErrorIn200", ByDefault, kPaid, kOnce, kYes, 200, kRetryable},
        {"ErrorIn200WhateverTheList", Codes({"429"}), kPaid, kOnce, kYes, 200, kRetryable},

        {"Reset", ByDefault, kPaid, kUnknownOutcome, kYes, 0, kOptInMissing},
        {"Truncated200", ByDefault, kPaid, kUnknownOutcome, kYes, 200, kOptInMissing},
        {"Status408", ByDefault, kPaid, kUnknownOutcome, kYes, 408, kOptInMissing},
        {"Status504EvenIfListed", Codes({"504", "5XX"}), kPaid, kUnknownOutcome, kYes, 504, kOptInMissing},
        {"Html502", ByDefault, kPaid, kUnknownOutcome, kYes, 502, kOptInMissing},
        {"ResetOptedIn", OptIn, kPaid, kUnknownOutcome, kYes, 0, kRetryable},
        {"Truncated200OptedIn", OptIn, kPaid, kUnknownOutcome, kYes, 200, kRetryable},
        {"Status408OptedIn", OptIn, kPaid, kUnknownOutcome, kYes, 408, kRetryable},
        {"Status504OptedIn", OptIn, kPaid, kUnknownOutcome, kYes, 504, kRetryable},
        {"Status524OptedIn", OptIn, kPaid, kUnknownOutcome, kYes, 524, kRetryable},
        {"Html502OptedIn", OptIn, kPaid, kUnknownOutcome, kYes, 502, kRetryable},
        {"Html520OptedInNotListed", OptIn, kPaid, kUnknownOutcome, kYes, 520, kExcluded},

        {"CatalogReset", ByDefault, kFree, kUnknownOutcome, kYes, 0, kRetryable},
        {"CatalogResetOptedOut", [](v1::RetryOptions& o) { o.set_retry_unknown_outcome(false); }, kFree,
         kUnknownOutcome, kYes, 0, kRetryable},
        {"Catalog504WhateverTheList", Codes({"429"}), kFree, kUnknownOutcome, kYes, 504, kRetryable},
        {"Catalog504", ByDefault, kFree, kTransient, kYes, 504, kRetryable},
        {"Catalog404", ByDefault, kFree, kPermanent, kYes, 404, kFinal},
    }),
    [](const testing::TestParamInfo<PolicyRow>& row) { return row.param.name; });

TEST(RetryPolicy, FreeToRepeat) {
  const RetryPolicy paid(DefaultGenerateRetries(), Billing::kPaid);
  const RetryPolicy free(DefaultCatalogRetries(), Billing::kFree);
  EXPECT_FALSE(paid.FreeToRepeat({.retryability = kPermanent, .retry_after = {}}));
  EXPECT_TRUE(paid.FreeToRepeat({.retryability = kTransient, .retry_after = {}}));
  EXPECT_TRUE(paid.FreeToRepeat({.retryability = kOnce, .retry_after = {}}));
  EXPECT_FALSE(paid.FreeToRepeat({.retryability = kUnknownOutcome, .retry_after = {}}));
  EXPECT_TRUE(free.FreeToRepeat({.retryability = kUnknownOutcome, .retry_after = {}}));
  EXPECT_FALSE(free.FreeToRepeat({.retryability = kPermanent, .retry_after = {}}));
}

TEST(RetryPolicy, HowMuch) {
  v1::RetryOptions options = DefaultGenerateRetries();
  EXPECT_EQ(RetryPolicy(options, kPaid).max_attempts(), 3);
  EXPECT_EQ(RetryPolicy(options, kPaid).max_elapsed_time(), std::chrono::hours(1));
  options.set_strategy(v1::RetryOptions::STRATEGY_NONE);
  EXPECT_EQ(RetryPolicy(options, kPaid).max_attempts(), 1);
}

}  // namespace
}  // namespace openrouter_images::retry
