#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "client/cli/report/exit_code.h"
#include "openrouter_images/images_error.h"

namespace openrouter_images::client::cli {

// Circumstances of a failed call.
struct ErrorContext {
  // The address that was asked.
  std::string_view server;
  // Whether the user asked to stop, by Ctrl-C.
  bool interrupted = false;
  // Columns to wrap at; 0 for none.
  size_t width = 0;
  // The environment variable by which the connection goes through a proxy; empty when it does not.
  std::string proxy_variable = {};
  // The generation in OpenRouter's records, where a stream named it; an error that names one is preferred.
  std::string generation_id = {};
};

// For people: what happened; every violation on its own line; then who has to act, whether money was spent
// and what to do next. Printable; ends in a newline.
std::string ErrorText(const ImagesError& error, const ErrorContext& context);

// The same for scripts: the value of "error" in what --json prints. Fields that are not known are left out;
// those of v1::ImagesError are as in MessageJson.
boost::json::object ErrorJson(const ImagesError& error, const ErrorContext& context);

// kInterrupted for a call that the user cancelled, else by the error.
ExitCode ExitCodeOf(const ImagesError& error, const ErrorContext& context);

// An error that this tool found itself, in the shape of ErrorJson. `code` is a word such as "USAGE".
boost::json::object OwnErrorJson(std::string_view code, std::string_view message, ExitCode exit_code);

}  // namespace openrouter_images::client::cli
