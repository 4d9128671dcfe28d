#pragma once

#include "openrouter_images/config/v1/config.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::config {

// Checks every field that is set against the limits declared in config.proto and retry.proto, and against the
// rules that those cannot express. Adds a violation for each that is broken, with the path of its field
// ("timeouts.connect"). Files that the configuration names are not opened.
void Validate(const v1::Config& config, limits::Violations& violations);

}  // namespace openrouter_images::config
