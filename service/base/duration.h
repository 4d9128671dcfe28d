#pragma once

#include <google/protobuf/duration.pb.h>

#include <chrono>

namespace openrouter_images::base {

// google.protobuf.Duration to milliseconds, rounded up, so that a positive duration never becomes zero.
// Correct for any valid Duration (± 10 000 years).
std::chrono::milliseconds ToMilliseconds(const google::protobuf::Duration& duration);

// Any time span to a google.protobuf.Duration, exact to the nanosecond.
google::protobuf::Duration ToDuration(std::chrono::nanoseconds span);

}  // namespace openrouter_images::base
