#include "service/rpc/deadline.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace openrouter_images::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::chrono::system_clock::time_point kNow{hours(500'000)};
const std::chrono::steady_clock::time_point kArrival{hours(7)};

milliseconds LeftUntil(gpr_timespec caller_deadline) {
  return std::chrono::duration_cast<milliseconds>(
      WorkDeadline(caller_deadline, kNow, kArrival, seconds(300)) - kArrival);
}

// For a caller that gives `timeout`, computed as gRPC does.
milliseconds Left(milliseconds timeout) {
  const gpr_timespec now = gpr_time_from_hours(500'000, GPR_CLOCK_REALTIME);
  return LeftUntil(gpr_time_add(now, gpr_time_from_millis(timeout.count(), GPR_TIMESPAN)));
}

TEST(WorkDeadlineTest, LeavesTimeForTheStatus) {
  EXPECT_EQ(Left(seconds(60)), milliseconds(59'900));
  EXPECT_EQ(Left(milliseconds(500)), milliseconds(450));
}

TEST(WorkDeadlineTest, FallsBackWithoutOne) {
  EXPECT_EQ(LeftUntil(gpr_inf_future(GPR_CLOCK_REALTIME)), seconds(300));
  EXPECT_EQ(LeftUntil(gpr_inf_future(GPR_CLOCK_MONOTONIC)), seconds(300));
}

TEST(WorkDeadlineTest, APassedDeadlineLeavesNothing) {
  EXPECT_EQ(Left(seconds(0)), milliseconds(0));
  EXPECT_EQ(Left(-milliseconds(1)), milliseconds(0));
  EXPECT_EQ(Left(-hours(1)), milliseconds(0));
  EXPECT_EQ(LeftUntil(gpr_inf_past(GPR_CLOCK_REALTIME)), milliseconds(0));
}

TEST(WorkDeadlineTest, AFarDeadlineDoesNotOverflow) {
  EXPECT_EQ(Left(hours(24) + seconds(1)), hours(24));
  for (const std::int64_t timeout : {2'070'000, 2'600'000, 5'200'000, 99'999'999}) {
    EXPECT_EQ(Left(hours(timeout)), hours(24)) << timeout << " hours";
  }
}

}  // namespace
}  // namespace openrouter_images::rpc
