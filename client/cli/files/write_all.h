#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string_view>
#include <system_error>

namespace openrouter_images::client::cli {

// As write(2).
using WriteFunction = std::function<ssize_t(int descriptor, const void* data, size_t size)>;

struct Written {
  size_t size = 0;
  // Why it is less than all.
  std::error_code error;
};

// Writes all data in as many calls as that takes. Waits while a descriptor that does not block is full.
Written WriteAll(const WriteFunction& write, int descriptor, std::string_view data);

// The error of the last system call.
std::error_code LastError();

}  // namespace openrouter_images::client::cli
