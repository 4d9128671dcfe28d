#include "service/retry/backoff.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "service/retry/retry_options.h"

namespace openrouter_images::retry {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

v1::RetryOptions Options(int initial_ms, int max_ms, double exponent) {
  v1::RetryOptions options = DefaultGenerateRetries();
  *options.mutable_initial_interval() = TimeUtil::MillisecondsToDuration(initial_ms);
  *options.mutable_max_interval() = TimeUtil::MillisecondsToDuration(max_ms);
  options.set_exponent(exponent);
  return options;
}

TEST(Backoff, UpperEndGrowsToTheCap) {
  Backoff backoff(Options(100, 1700, 2), [] { return 0.5; });
  std::vector<int> waits;
  for (int i = 0; i < 5; ++i) waits.push_back(static_cast<int>(backoff.Next({}).count()));
  EXPECT_EQ(waits, (std::vector<int>{50, 200, 450, 800, 850}));
}

TEST(Backoff, AnExponentOfZeroKeepsTheUpperEnd) {
  Backoff backoff(Options(100, 1700, 0), [] { return 0.5; });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(backoff.Next({}), milliseconds(50));
}

TEST(Backoff, DrawsFromZeroToTheUpperEnd) {
  double drawn = 0;
  const auto first_wait = [&](double uniform) {
    drawn = uniform;
    return Backoff(Options(1000, 60'000, 1.5), [&] { return drawn; }).Next({});
  };
  EXPECT_EQ(first_wait(0), milliseconds(0));
  EXPECT_EQ(first_wait(0.25), milliseconds(250));
  EXPECT_EQ(first_wait(0.999), milliseconds(999));
}

TEST(Backoff, RetryAfterIsAFloor) {
  Backoff backoff(Options(1000, 1000, 1), [] { return 0.5; });
  EXPECT_EQ(backoff.Next(milliseconds(499)), milliseconds(500));
  EXPECT_EQ(backoff.Next(milliseconds(501)), milliseconds(501));
  EXPECT_EQ(backoff.Next(milliseconds(0)), milliseconds(500));
}

TEST(Backoff, RetryAfterAboveTheCapIsObeyed) {
  Backoff backoff(Options(100, 1000, 2), [] { return 0.5; });
  EXPECT_EQ(backoff.Next(std::chrono::hours(24)), std::chrono::hours(24));
  EXPECT_EQ(backoff.Next({}), milliseconds(200));
}

TEST(Backoff, GrowthNeverOverflows) {
  Backoff backoff(Options(3'600'000, 3'600'000, 10), [] { return 0.5; });
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(backoff.Next({}), milliseconds(1'800'000));
}

TEST(Backoff, IntervalsBelowAMillisecondWork) {
  v1::RetryOptions options = Options(1, 1, 1.5);
  *options.mutable_initial_interval() = TimeUtil::NanosecondsToDuration(1);
  *options.mutable_max_interval() = TimeUtil::NanosecondsToDuration(1);
  Backoff backoff(options, [] { return 0.999; });
  EXPECT_EQ(backoff.Longest({}), milliseconds(1));
  EXPECT_EQ(backoff.Next({}), milliseconds(0));
}

TEST(Backoff, LongestDrawsNothing) {
  int draws = 0;
  Backoff backoff(Options(100, 1000, 2), [&] { return ++draws, 0.5; });
  EXPECT_EQ(backoff.Longest({}), milliseconds(100));
  EXPECT_EQ(backoff.Longest(milliseconds(99)), milliseconds(100));
  EXPECT_EQ(backoff.Longest(milliseconds(5000)), milliseconds(5000));
  EXPECT_EQ(draws, 0);
  backoff.Next({});
  EXPECT_EQ(backoff.Longest({}), milliseconds(400));
  EXPECT_EQ(draws, 1);
}

}  // namespace
}  // namespace openrouter_images::retry
