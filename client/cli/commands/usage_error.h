#pragma once

#include <stdexcept>

namespace openrouter::images::client {

// What the user asked for cannot be done as written; found before anything was sent. The message is for
// people, one sentence or two.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace openrouter::images::client
