#pragma once

#include <exception>
#include <string>

namespace openrouter_images::base {

// The text of an exception, for logs.
std::string ExceptionText(const std::exception_ptr& exception);

}  // namespace openrouter_images::base
