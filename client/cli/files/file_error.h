#pragma once

#include <stdexcept>

namespace openrouter_images::client::cli {

// A file or folder that the user named cannot be used; found before anything was sent. The message is for
// people: one or two sentences with the path and the system's reason.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace openrouter_images::client::cli
