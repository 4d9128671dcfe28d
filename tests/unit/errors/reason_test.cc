#include "service/errors/reason.h"

#include <gtest/gtest.h>

namespace openrouter_images::errors {
namespace {

TEST(ReasonName, IsTheWordOfTheContractWithoutItsPrefix) {
  EXPECT_EQ(ReasonName(v1::ERROR_REASON_RATE_LIMIT), "RATE_LIMIT");
  EXPECT_EQ(ReasonName(v1::ERROR_REASON_UNSPECIFIED), "");
  EXPECT_EQ(ReasonName(static_cast<v1::ErrorReason>(9999)), "");
}

}  // namespace
}  // namespace openrouter_images::errors
