#pragma once

#include <stdexcept>

namespace openrouter_images::client::cli {

// The command line cannot be carried out as written; found before anything was sent. The message is for
// people: one or two sentences.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace openrouter_images::client::cli
