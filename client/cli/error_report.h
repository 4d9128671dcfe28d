#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "client/cli/exit_code.h"
#include "client/images_error.h"

namespace openrouter::images::client {

// For people: what happened; every violation on its own line; then whose fault it is, whether money was spent
// and what to do next. `server` is the address that was asked. Printable; ends in a newline.
std::string ErrorText(const ImagesError& error, std::string_view server);

// The same for scripts: the value of "error" in what --json prints. Fields that are not known are left out.
boost::json::object ErrorJson(const ImagesError& error, std::string_view server);

// An error that this tool found itself, in the shape of ErrorJson. `code` is a word such as "USAGE".
boost::json::object OwnErrorJson(std::string_view code, std::string_view message, ExitCode exit_code);

}  // namespace openrouter::images::client
