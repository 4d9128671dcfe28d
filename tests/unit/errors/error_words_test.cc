#include "service/errors/error_words.h"

#include <gtest/gtest.h>

namespace openrouter_images::errors {
namespace {

TEST(StatusOfWords, AsksCodeThenErrorTypeThenAvailability) {
  v1::UpstreamError words;
  EXPECT_EQ(StatusOfWords(words), 0);
  words.mutable_availability()->set_code("no_endpoints");
  EXPECT_EQ(StatusOfWords(words), 404);
  words.mutable_availability()->set_code("content_policy_violation");
  EXPECT_EQ(StatusOfWords(words), 400);
  words.set_error_type("provider_overloaded");
  EXPECT_EQ(StatusOfWords(words), 529);
  words.set_code("novelty");
  EXPECT_EQ(StatusOfWords(words), 529);
  words.set_code("rate_limit_exceeded");
  EXPECT_EQ(StatusOfWords(words), 429);
}

TEST(SaysContentRefused, WhereverItIsSaid) {
  v1::UpstreamError by_code, by_type, by_availability, by_reasons, none;
  by_code.set_code("refusal");
  by_type.set_error_type("content_policy_violation");
  by_availability.mutable_availability()->set_code("refusal");
  (*by_reasons.mutable_metadata()->mutable_fields())["reasons"].mutable_list_value();
  none.set_code("invalid_image");
  (*none.mutable_metadata()->mutable_fields())["flagged_input"].set_null_value(google::protobuf::NULL_VALUE);
  for (const auto& words : {by_code, by_type, by_availability, by_reasons}) {
    EXPECT_TRUE(SaysContentRefused(words)) << words.DebugString();
  }
  EXPECT_FALSE(SaysContentRefused(none));
}

}  // namespace
}  // namespace openrouter_images::errors
