#include "service/rpc/deadline.h"

#include <gtest/gtest.h>

namespace openrouter_images::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

const system_clock::time_point kNow = system_clock::time_point(hours(500'000));
const steady_clock::time_point kArrival = steady_clock::time_point(hours(7));

milliseconds Left(system_clock::time_point caller_deadline) {
  return std::chrono::duration_cast<milliseconds>(
      WorkDeadline(caller_deadline, kNow, kArrival, seconds(300)) - kArrival);
}

TEST(WorkDeadlineTest, LeavesTimeForTheStatus) {
  EXPECT_EQ(Left(kNow + seconds(60)), milliseconds(59'900));
  EXPECT_EQ(Left(kNow + milliseconds(500)), milliseconds(450));
}

TEST(WorkDeadlineTest, FallsBackWithoutOne) {
  EXPECT_EQ(Left(system_clock::time_point::max()), seconds(300));
}

TEST(WorkDeadlineTest, APassedDeadlineLeavesNothing) {
  EXPECT_EQ(Left(kNow), milliseconds(0));
  EXPECT_EQ(Left(kNow - hours(1)), milliseconds(0));
  EXPECT_EQ(Left(system_clock::time_point::min()), milliseconds(0));
}

TEST(WorkDeadlineTest, AFarDeadlineDoesNotOverflow) {
  EXPECT_EQ(Left(system_clock::time_point::max() - milliseconds(1)), hours(24));
}

}  // namespace
}  // namespace openrouter_images::rpc
