#pragma once

#include <istream>

#include "client/cli/commands/command_line.h"
#include "openrouter_images/v1/images_service.pb.h"

namespace openrouter_images::client::cli {

// The request that the options ask for. Reads the prompt and the reference images; `input` is standard
// input. Only what is set is sent; which values a model takes is left to the service. Throws UsageError when
// the model or the prompt is missing or --header or --extra is malformed, FileError when a file cannot be
// read.
v1::GenerateImagesRequest BuildGenerateRequest(const GenerateOptions& options, std::istream& input);

}  // namespace openrouter_images::client::cli
