#include "service/retry/retry_after.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace openrouter_images::retry {
namespace {

using std::chrono::milliseconds;
using Text = std::optional<std::string_view>;

// Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples.
constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds(784111777)};
constexpr milliseconds kOneDay{24 * 60 * 60 * 1000};

struct WaitRow {
  std::string name;
  Text retry_after_ms;
  Text retry_after;
  std::optional<milliseconds> wait;
};

void PrintTo(const WaitRow& row, std::ostream* os) {
  *os << row.name;
}

class RetryAfterTest : public testing::TestWithParam<WaitRow> {};

TEST_P(RetryAfterTest, Parses) {
  EXPECT_EQ(ParseRetryAfter(GetParam().retry_after_ms, GetParam().retry_after, kNow), GetParam().wait);
}

INSTANTIATE_TEST_SUITE_P(Headers, RetryAfterTest,
                         testing::ValuesIn(std::vector<WaitRow>{
                             {"None", {}, {}, {}},
                             {"Seconds", {}, "2", milliseconds(2000)},
                             {"Zero", {}, "0", milliseconds(0)},
                             {"DecimalSeconds", {}, "1.25", milliseconds(1250)},
                             {"SpacesAround", {}, " \t2 ", milliseconds(2000)},
                             {"AnHour", {}, "3600", milliseconds(3'600'000)},
                             {"Milliseconds", "150", {}, milliseconds(150)},
                             {"PartOfAMillisecondIsRoundedUp", "150.1", {}, milliseconds(151)},
                             {"MillisecondsWin", "150", "7", milliseconds(150)},
                             {"BadMillisecondsFallBack", "soon", "7", milliseconds(7000)},
                             {"NegativeMillisecondsFallBack", "-5", "7", milliseconds(7000)},
                             {"BadSecondsBesideGoodMilliseconds", "150", "soon", milliseconds(150)},
                             {"Day", {}, "86400", kOneDay},
                             {"LongerThanADay", {}, "86401", kOneDay},
                             {"Exponent", {}, "1e9", kOneDay},
                             {"MoreThanADouble", {}, "1e999", kOneDay},
                             {"ManyDigits", {}, "99999999999999999999999999999999", kOneDay},
                             {"HugeMilliseconds", "1e300", {}, kOneDay},
                             {"Negative", {}, "-1", {}},
                             {"NegativeZero", {}, "-0", {}},
                             {"Plus", {}, "+1", {}},
                             {"Empty", {}, "", {}},
                             {"Spaces", {}, "  ", {}},
                             {"Garbage", {}, "soon", {}},
                             {"DigitsThenGarbage", {}, "12x", {}},
                             {"TwoValues", {}, "2, 3", {}},
                             {"Hexadecimal", {}, "0x10", {}},
                             {"NaN", {}, "nan", {}},
                             {"Infinity", {}, "inf", {}},
                             {"InfiniteFuture", {}, "infinite-future", {}},
                             {"InfinitePast", {}, "infinite-past", {}},
                             {"ImfFixdate", {}, "Sun, 06 Nov 1994 08:49:40 GMT", milliseconds(3000)},
                             {"Rfc850", {}, "Sunday, 06-Nov-94 08:49:40 GMT", milliseconds(3000)},
                             {"Asctime", {}, "Sun Nov  6 08:49:40 1994", milliseconds(3000)},
                             {"DateNow", {}, "Sun, 06 Nov 1994 08:49:37 GMT", milliseconds(0)},
                             {"DatePast", {}, "Sun, 06 Nov 1994 08:49:36 GMT", milliseconds(0)},
                             {"DateNextYear", {}, "Mon, 06 Nov 1995 08:49:37 GMT", kOneDay},
                             {"DateYear9999", {}, "Fri, 31 Dec 9999 23:59:59 GMT", kOneDay},
                             {"DateOtherZone", {}, "Sun, 06 Nov 1994 08:49:40 PST", {}},
                             {"DateWithoutZone", {}, "Sun, 06 Nov 1994 08:49:40", {}},
                             {"DateOfNoMonth", {}, "Sun, 06 Nox 1994 08:49:40 GMT", {}},
                             {"DateInMilliseconds", "Sun, 06 Nov 1994 08:49:40 GMT", {}, {}},
                         }),
                         [](const testing::TestParamInfo<WaitRow>& row) { return row.param.name; });

TEST(RetryAfterRounding, NeverEndsBeforeTheDate) {
  const auto now = kNow + std::chrono::microseconds(1);
  EXPECT_EQ(ParseRetryAfter({}, "Sun, 06 Nov 1994 08:49:38 GMT", now), milliseconds(1000));
}

TEST(RetryAfterOfSeconds, IsRoundedUpAndCut) {
  EXPECT_EQ(RetryAfterOfSeconds(2), milliseconds(2000));
  EXPECT_EQ(RetryAfterOfSeconds(0), milliseconds(0));
  EXPECT_EQ(RetryAfterOfSeconds(0.0001), milliseconds(1));
  EXPECT_EQ(RetryAfterOfSeconds(1e300), kOneDay);
  EXPECT_EQ(RetryAfterOfSeconds(-1), std::nullopt);
  EXPECT_EQ(RetryAfterOfSeconds(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
}

}  // namespace
}  // namespace openrouter_images::retry
