#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

namespace openrouter_images::client::cli {

// Checks of an option's value, before CLI11 reads it: CLI11 takes "010" for eight and the end of the range
// for what is beyond it.

// A decimal number from min to max. For Option::transform: takes leading zeros away.
CLI::Validator WholeNumber(int64_t min, int64_t max);

// A decimal number of seconds, from a millisecond to max.
CLI::Validator Seconds(double max);

// Text in UTF-8, the only text that a request can hold.
CLI::Validator Utf8();

}  // namespace openrouter_images::client::cli
