#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace openrouter_images::retry {

// Longer waits that an upstream asks for are shortened to this.
inline constexpr std::chrono::hours kMaxRetryAfter{24};

// The wait that the reply's headers ask for; nullopt when they ask for none. The arguments are the values of
// the headers of the same name, nullopt for a header that was not sent.
//
// `retry-after-ms` (milliseconds) takes precedence over `retry-after` (seconds, or an HTTP date in any of its
// three forms). Numbers may have a fraction. An unreadable value counts as not sent; so does a negative
// number. A date is compared with `now`; a date in the past is a wait of zero.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::optional<std::string_view> retry_after_ms,
                                                         std::optional<std::string_view> retry_after,
                                                         std::chrono::system_clock::time_point now);

// A wait that was given as a number of seconds, rounded up; nullopt when it is negative or not a number.
std::optional<std::chrono::milliseconds> RetryAfterOfSeconds(double seconds);

}  // namespace openrouter_images::retry
