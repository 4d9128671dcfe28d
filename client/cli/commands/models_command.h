#pragma once

#include <string>
#include <string_view>

#include "client/cli/commands/session.h"

namespace openrouter_images::client::cli {

// Lists the models. With --json: the service's reply, filtered. kNotFound when the filter leaves none.
ExitCode RunModels(const GlobalOptions& global, const ModelsOptions& options, const Console& console);

// Models whose id or name holds the text, without regard to the case of ASCII letters.
v1::ListImageModelsResponse FilterModels(v1::ListImageModelsResponse models, std::string_view text);

// The table. `width` as in Table::Render.
std::string ModelsText(const v1::ListImageModelsResponse& models, size_t width);

}  // namespace openrouter_images::client::cli
