#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "service/errors/failure.h"

namespace openrouter_images::errors {

// The longest text of an UpstreamError, in bytes.
inline constexpr std::size_t kMaxUpstreamText = 512;

// The one place through which all text of the upstream passes on its way to callers and logs: bodies of
// errors, ids, headers, the texts of replies.
//
// Replaces the API key of one attempt, which the upstream may have echoed, by "[redacted]". It is found as it
// is, percent-encoded, with JSON escapes (all of them also in parts), and in base64 of both alphabets,
// whatever is around it; also a beginning of it, of at least 12 characters, where the text ends. Keys of less
// than 8 bytes are ignored: they would match anywhere. Immutable.
class Redactor {
 public:
  explicit Redactor(std::string_view key);

  void Redact(std::string& text) const;
  // In every text of a message, names in maps included. Fields of bytes are left alone.
  void Redact(google::protobuf::Message& message) const;
  // In the message and in `error.upstream`, whose texts are then cut to kMaxUpstreamText.
  void Redact(Failure& failure) const;

 private:
  // All forms of the key; empty for what is no key.
  std::vector<std::string> forms_;
};

}  // namespace openrouter_images::errors
