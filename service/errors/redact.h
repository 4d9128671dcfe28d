#pragma once

#include <string_view>

#include "service/errors/failure.h"

namespace openrouter_images::errors {

// Replaces `secret`, an API key that the upstream may have echoed, by "***" in the message and in every text
// of `error`, names of fields included; also a beginning of it at the end of a clipped message. Secrets of
// less than 8 bytes are ignored: they would match anywhere.
void Redact(std::string_view secret, Failure& failure);

}  // namespace openrouter_images::errors
