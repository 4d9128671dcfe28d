#include "service/base/duration.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace openrouter_images::base {
namespace {

google::protobuf::Duration Of(std::int64_t seconds, std::int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

TEST(ToMilliseconds, RoundsUp) {
  struct Row {
    std::int64_t seconds;
    std::int32_t nanos;
    std::int64_t milliseconds;
  };
  for (const Row& row : {Row{0, 0, 0}, Row{0, 1, 1}, Row{0, 1'000'000, 1}, Row{0, 1'000'001, 2},
                         Row{1, 500'000'000, 1500}, Row{1, 999'999'999, 2000}, Row{-1, -500'000'000, -1500},
                         Row{0, -1, 0}, Row{315'576'000'000, 0, 315'576'000'000'000}}) {
    EXPECT_EQ(ToMilliseconds(Of(row.seconds, row.nanos)).count(), row.milliseconds)
        << row.seconds << " s " << row.nanos << " ns";
  }
}

TEST(ToDuration, IsExact) {
  const google::protobuf::Duration duration = ToDuration(std::chrono::nanoseconds(1'000'000'001));
  EXPECT_EQ(duration.seconds(), 1);
  EXPECT_EQ(duration.nanos(), 1);
  EXPECT_EQ(ToMilliseconds(ToDuration(std::chrono::milliseconds(250))), std::chrono::milliseconds(250));
}

}  // namespace
}  // namespace openrouter_images::base
