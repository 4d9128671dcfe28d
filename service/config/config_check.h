#pragma once

#include "openrouter/images/config/v1/config.pb.h"
#include "service/retry/retry_options.h"

namespace openrouter::images::config {

// Holds every field that is set against the limits that config.proto and retry.proto document and reports all
// violations, each with the path of its field ("timeouts.connect"). Files that the configuration names are
// not opened.
void Validate(const v1::Config& config, retry::ViolationSink sink);

}  // namespace openrouter::images::config
