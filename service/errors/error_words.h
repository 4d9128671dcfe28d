#pragma once

#include "openrouter_images/v1/errors.pb.h"

namespace openrouter_images::errors {

// The error status (400 to 599) that the upstream's words name; 0 for none. `code` of the error is asked
// first, then error_type, then availability.code.
int StatusOfWords(const v1::UpstreamError& upstream);

// Whether error.metadata has a value for `key` that is not null.
bool HasMetadata(const v1::UpstreamError& upstream, const char* key);

// Whether they say that the prompt or a reference image was refused for its content.
bool SaysContentRefused(const v1::UpstreamError& upstream);

// Whether they say that there is no such model.
bool SaysModelNotFound(const v1::UpstreamError& upstream);

}  // namespace openrouter_images::errors
