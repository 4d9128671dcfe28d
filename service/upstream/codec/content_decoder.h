#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace openrouter_images::upstream {

// Undoes the Content-Encoding of a body that arrives in pieces, for an upstream, or a proxy before it, that
// compresses without being asked. A few bytes may decode to a thousand times as many, so each step is
// limited, and the caller may do other things between two. Not thread-safe.
//
//   absl::StatusOr<std::unique_ptr<ContentDecoder>> decoder = MakeContentDecoder(header);
//   for (std::string_view rest = piece;;) {
//     absl::StatusOr<std::string_view> bytes = decoder->Decode(rest);
//     if (!bytes.ok()) return Fail(bytes.status());
//     if (bytes->empty()) break;  // The piece is used up.
//     Take(*bytes);
//   }
class ContentDecoder {
 public:
  // Most bytes of one step.
  static constexpr std::size_t kMaxStep = 64 * 1024;

  virtual ~ContentDecoder() = default;

  // Decodes a part of `rest`, from which it removes what was used. Returns the bytes, valid until the next
  // call; none only when all of `rest` is used. More of it may be left inside: only an empty result says that
  // there is nothing to come before the next piece. INVALID_ARGUMENT when the body is not of its coding,
  // after all bytes that were decoded before the fault; all further calls then fail.
  virtual absl::StatusOr<std::string_view> Decode(std::string_view& rest) = 0;

  // To be called at the end of the body: whether it was complete.
  virtual bool IsComplete() const = 0;
};

// The decoder for the value of the header: "gzip" and "x-gzip", "deflate" (with the frame of zlib or without,
// since servers disagree); null for none and "identity". A body that is called gzip but does not begin as one
// is passed on as it is. UNIMPLEMENTED for any other coding, and for several; the message names no more than
// 32 characters of it.
absl::StatusOr<std::unique_ptr<ContentDecoder>> MakeContentDecoder(std::string_view content_encoding);

}  // namespace openrouter_images::upstream
