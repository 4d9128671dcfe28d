#pragma once

#include <string>

#include "openrouter_images/images_error.h"

namespace openrouter_images::client::cli {

// How the tool ends, for scripts. The numbers are a promise.
enum class ExitCode {
  kOk = 0,
  kUnexpected = 1,
  kInvalid = 2,
  kNotAllowed = 3,
  kNotFound = 4,
  kLimit = 5,
  kUnavailable = 6,
  kOutcomeUnknown = 7,
  kPaidAndLost = 8,
  kIncomplete = 9,
  kInterrupted = 130,
};

// By money first: an error that may have cost something is 7 or 8 whatever else it is. Otherwise by
// error.exit_class. Never kInterrupted: an error does not tell who cancelled.
ExitCode ExitCodeOf(const ImagesError& error);

// The table of all codes for --help, one line per code.
std::string ExitCodeHelp();

}  // namespace openrouter_images::client::cli
