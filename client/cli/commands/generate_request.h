#pragma once

#include <istream>

#include "client/cli/commands/command_line.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client::cli {

// The request that the options ask for. Reads the prompt and the reference images; `input` is standard input.
// Only what is set is sent, and the format that the name of the output asks for; which values a model takes
// is left to the service. Throws UsageError for what is missing or malformed, FileError when a file cannot be
// read.
v1::GenerateImagesRequest BuildGenerateRequest(const GenerateOptions& options, std::istream& input);

}  // namespace openrouter_images::client::cli
