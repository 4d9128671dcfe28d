#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace openrouter::images::retry {

// The longest wait that an upstream can ask for; longer ones are cut to it.
inline constexpr std::chrono::hours kMaxRetryAfter{24};

// Reads the reply headers that say when to come back; nullopt stands for a header that was not sent.
// `retry-after-ms` (milliseconds) wins over `retry-after` (seconds, or an HTTP date in any of its three
// forms); a value that cannot be read counts as not sent. Numbers may have a fraction. A date in the past is
// a wait of zero; a negative number cannot be read. `now` is what a date is measured against.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::optional<std::string_view> retry_after_ms,
                                                         std::optional<std::string_view> retry_after,
                                                         std::chrono::system_clock::time_point now);

// A wait that was given as a number of seconds, rounded up; nullopt when it is negative or not a number.
std::optional<std::chrono::milliseconds> RetryAfterOfSeconds(double seconds);

}  // namespace openrouter::images::retry
