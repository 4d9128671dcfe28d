#include "service/retry/retry_after.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "service/base/string_view.h"

namespace openrouter_images::retry {
namespace {

using std::chrono::milliseconds;

std::string_view Trim(std::string_view text) {
  return base::FromAbsl(absl::StripAsciiWhitespace(base::ToAbsl(text)));
}

milliseconds RoundUp(double wait) {
  const double longest = static_cast<double>(milliseconds(kMaxRetryAfter).count());
  return milliseconds(static_cast<milliseconds::rep>(std::min(std::ceil(wait), longest)));
}

std::optional<milliseconds> ParseNumber(std::string_view text, double milliseconds_per_unit) {
  // SimpleAtod also reads signs, "inf", "nan" and hexadecimal, none of which is a valid wait. Digits too
  // large for a double become infinity, which is clamped.
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text.front()))) return std::nullopt;
  if (text.find_first_not_of("0123456789.eE+-") != text.npos) return std::nullopt;
  double number = 0;
  if (!absl::SimpleAtod(base::ToAbsl(text), &number)) return std::nullopt;
  return RoundUp(number * milliseconds_per_unit);
}

std::optional<milliseconds> ParseHttpDate(std::string_view text, absl::Time now) {
  // RFC 9110, 5.6.7: IMF-fixdate, and the obsolete forms of RFC 850 and of asctime.
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    absl::Time date;
    const bool parsed = absl::ParseTime(format, base::ToAbsl(text), &date, nullptr);
    // ParseTime reads "infinite-future" and "infinite-past" under every format.
    if (!parsed || date == absl::InfiniteFuture() || date == absl::InfinitePast()) continue;
    const absl::Duration wait =
        std::clamp(date - now, absl::ZeroDuration(), absl::FromChrono(kMaxRetryAfter));
    return absl::ToChronoMilliseconds(absl::Ceil(wait, absl::Milliseconds(1)));
  }
  return std::nullopt;
}

}  // namespace

std::optional<milliseconds> ParseRetryAfter(std::optional<std::string_view> retry_after_ms,
                                            std::optional<std::string_view> retry_after,
                                            std::chrono::system_clock::time_point now) {
  if (retry_after_ms) {
    if (const auto wait = ParseNumber(Trim(*retry_after_ms), 1)) return wait;
  }
  if (!retry_after) return std::nullopt;
  const std::string_view text = Trim(*retry_after);
  if (const auto wait = ParseNumber(text, 1000)) return wait;
  return ParseHttpDate(text, absl::FromChrono(now));
}

std::optional<milliseconds> RetryAfterOfSeconds(double seconds) {
  if (!(seconds >= 0)) return std::nullopt;
  return RoundUp(seconds * 1000);
}

}  // namespace openrouter_images::retry
