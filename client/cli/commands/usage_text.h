#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace openrouter_images::client::cli {

// What is wrong with the command line that the application failed to parse, for people: with the command or
// the option that was probably meant.
std::string UsageText(const CLI::App& app, const CLI::ParseError& error);

}  // namespace openrouter_images::client::cli
