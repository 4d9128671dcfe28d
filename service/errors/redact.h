#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "google/protobuf/message.h"
#include "service/errors/failure.h"

namespace openrouter_images::errors {

// The one place through which all text of the upstream passes on its way to callers and logs: bodies of
// errors, ids, headers.
//
// Replaces `key`, the API key of the attempt, which the upstream may have echoed, by "[redacted]". It is
// found as it is, percent-encoded, with JSON escapes (all of them also in parts), and in base64 of both
// alphabets, whatever is around it; also a beginning of it, of at least 12 characters, where the text ends.
// Keys of less than 8 bytes are ignored: they would match anywhere.

void Redact(std::string_view key, std::string& text);

// In every text of a message, names in maps included. Fields of bytes are left alone.
void Redact(std::string_view key, google::protobuf::Message& message);

// The longest text of an UpstreamError, in bytes.
inline constexpr std::size_t kMaxUpstreamText = 512;

// In the message and in `error.upstream`, whose texts are then cut to kMaxUpstreamText.
void Redact(std::string_view key, Failure& failure);

}  // namespace openrouter_images::errors
