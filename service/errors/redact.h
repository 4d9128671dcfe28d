#pragma once

#include <string_view>

#include "service/errors/failure.h"

namespace openrouter::images::errors {

// Replaces `secret`, an API key that the upstream may have echoed, by "***" in the message and in every text
// of `error`, names of fields included; also the beginning of it that a clipped message ends with. Secrets of
// less than 8 bytes are left alone: they would be found everywhere.
void Redact(std::string_view secret, Failure& failure);

}  // namespace openrouter::images::errors
