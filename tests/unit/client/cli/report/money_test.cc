#include "client/cli/report/money.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>

namespace openrouter_images::client::cli {
namespace {

TEST(MoneyTest, Usd) {
  const std::pair<double, const char*> rows[] = {
      {0, "$0"},
      {30, "$30"},
      {12.5, "$12.50"},
      {0.05, "$0.05"},
      {0.3, "$0.30"},
      {0.0387, "$0.0387"},
      {0.1 + 0.2, "$0.30"},
      {0.000003, "$0.000003"},
      {-0.5, "-$0.50"},
      {1234567.0, "$1234567"},
      {1e-9, "$0.000000001"},
  };
  for (const auto& [usd, text] : rows) EXPECT_EQ(FormatUsd(usd), text);
  EXPECT_EQ(FormatUsd(std::numeric_limits<double>::quiet_NaN()), "$?");
}

TEST(MoneyTest, Prices) {
  v1::ImagePricingEntry entry;
  EXPECT_EQ(FormatPrice(entry), "price not given");
  entry.set_billable("output_image");
  entry.set_unit("token");
  entry.set_cost_usd(0.00003);
  EXPECT_EQ(FormatPrice(entry), "output image: $30 / 1M tokens");
  entry.set_unit("image");
  entry.set_cost_usd(0.05);
  entry.set_variant("4K");
  EXPECT_EQ(FormatPrice(entry), "output image: $0.05 / image [4K]");
  entry.clear_billable();
  entry.clear_variant();
  EXPECT_EQ(FormatPrice(entry), "$0.05 / image");
}

}  // namespace
}  // namespace openrouter_images::client::cli
