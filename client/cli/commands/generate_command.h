#pragma once

#include <chrono>
#include <filesystem>

#include "client/cli/commands/session.h"
#include "client/cli/files/image_files.h"

namespace openrouter_images::client::cli {

// Makes images and saves them. `writer` writes the files, `fallback` is the folder for those that cannot be
// written where they belong. Throws UsageError or FileError for what is found before anything was sent.
ExitCode RunGenerate(const GlobalOptions& global, const GenerateOptions& options, const Console& console,
                     FileWriter writer, std::filesystem::path fallback);

}  // namespace openrouter_images::client::cli
