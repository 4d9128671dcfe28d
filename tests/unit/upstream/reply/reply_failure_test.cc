#include "service/upstream/reply/reply_failure.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <optional>
#include <string>

namespace openrouter::images::upstream {
namespace {

constexpr auto kNotBilled = v1::BILLING_OUTCOME_NOT_BILLED;
constexpr auto kBilled = v1::BILLING_OUTCOME_BILLED;
constexpr auto kUnknown = v1::BILLING_OUTCOME_UNKNOWN;

// Of a reply whose pictures' bytes came already, as the reader hands them over.
std::optional<errors::Failure> FailureOf(const std::string& text, const std::string& picture) {
  const boost::json::value document = boost::json::parse(text);
  v1::GenerateImagesResponse response;
  if (!picture.empty()) ResponsePictures(response).BufferFor(0) = picture;
  return FromGenerationReply(CompleteResponse(document, response), document, response);
}

struct Row {
  const char* name;
  std::string fields;
  std::string picture;
  v1::BillingOutcome billing;
};

TEST(FromGenerationReply, AnErrorObjectIsFreeOnlyWithoutCostAndPictures) {
  const Row rows[] = {
      {"nothing else", "", "", kNotBilled},
      {"cost of nothing", R"(,"usage":{"cost":0})", "", kNotBilled},
      {"negative cost", R"(,"usage":{"cost":-1})", "", kNotBilled},
      {"empty list", R"(,"data":[])", "", kNotBilled},
      {"cost", R"(,"usage":{"cost":0.04})", "", kBilled},
      {"cost and a bad picture", R"(,"data":[{},{}],"usage":{"cost":0.04})", "half", kBilled},
      {"bad picture", R"(,"data":[{"media_type":"image/png"},{}])", "half", kUnknown},
      {"bad picture that cost nothing", R"(,"data":[{},{}],"usage":{"cost":0})", "half", kUnknown},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::optional<errors::Failure> failure = FailureOf(
        R"({"error":{"code":503,"message":"m","availability":{"retry_after":1}})" + row.fields + "}",
        row.picture);
    ASSERT_TRUE(failure);
    EXPECT_EQ(v1::BillingOutcome_Name(failure->error.billing_outcome()),
              v1::BillingOutcome_Name(row.billing));
    const bool free = row.billing == kNotBilled;
    EXPECT_EQ(failure->retryability, free ? retry::Retryability::kOnce : retry::Retryability::kPermanent);
    EXPECT_EQ(failure->code, free ? absl::StatusCode::kUnavailable : absl::StatusCode::kUnknown);
    EXPECT_EQ(failure->error.message(), "m");
  }
}

}  // namespace
}  // namespace openrouter::images::upstream
