#pragma once

#include <absl/status/statusor.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// clang-format off
//
// A script of what goes wrong: how the answer to one request differs from the ordinary one. What is not set
// stays ordinary.
//
// Textual form: `name=value` pairs joined by `;`. Any character may be percent-encoded (`%3B` is a semicolon
// within a value). A model named `sandbox/` and such a text gives any client, in any language, the fault:
//
//   grpcurl -plaintext -d '{"image": {"model": "sandbox/status=429;retry-after=2;times=1", "prompt": "a fox"}}' …
//
// DUR is `250ms`, `2s` or a number of milliseconds. N is a number of bytes unless it says otherwise.
//
//   which requests ("a script" below is one that is queued, not named by a model)
//     times=K               only the first K requests (of a model: with exactly this name, default all; of a
//                           script: default 1)
//     key=TEXT              changes nothing but the name, and so gives it a count of its own
//     route=any|images|models|endpoints   a script waits for a request of this kind (default any)
//     as=AUTHOR/SLUG        the model that answers where the fault lets a generation through (default
//                           sandbox/painter)
//   status and head
//     status=CODE           204 and all from 300 on replace the generation; from 400 on with an error body
//     retry-after=TEXT      sent as it is: seconds, an HTTP date, garbage;  retry-after-ms=TEXT the same
//     location=URL          for redirects
//     header.NAME=TEXT      any other header
//   error body (of an error status, or of 200 when `body` is set)
//     body=json|availability|html|text|empty
//     message=TEXT  code=JSON  error-type=TEXT  limit-source=TEXT  metadata.NAME=JSON|TEXT
//     moderation=yes        reasons, flagged_input (from the prompt), provider_name, model_slug
//     availability=CODE     the availability shape with this code;  retryable=yes|no
//   JSON of any body
//     json=truncated|wrong-types|duplicate-keys|deep|nan|invalid-utf8|bom|lone-surrogate
//     depth=N               levels of json=deep (default 100000)
//   coding
//     encoding=gzip         Content-Encoding: gzip, whether the client accepts it or not; not for streams
//   images
//     images=K              K images instead of n
//     bytes=N               every image is a valid PNG of exactly N bytes
//     image=garbage|empty   bytes that are no image
//     media-type=TEXT|none  what the reply claims
//     base64=bad-char|bad-padding|whitespace|url-safe|unpadded|data-url
//     billed=yes|no         overrides: a generation that ran is billed, an error is not
//   time
//     delay=DUR|forever     before the head
//   connection
//     request=half          FIN after half of the request's body was read; no answer
//     reset=N               RST after N bytes of the reply (0: before the head)
//     fin=N                 FIN, on TLS without close_notify, after N bytes
//     length=+N|-N          Content-Length larger or smaller than the body
//     chunked=ok|unterminated|bad-size
//     write=N               the reply in writes of N bytes;  pause=DUR rests between them
//     tls=stall             scripts alone: the next connection is accepted and then ignored
//   streams
//     sse=always|never      regardless of the request and the model
//     sse-eof=K             the stream ends after K partial images
//     sse-error=K           an error event after K partial images
//     sse-unknown=K         K events of an unknown type before the end
//     sse-multiline=yes     every event's data on two lines
//     sse-newline=lf|crlf|cr|mixed
//     sse-comments=K        K comment lines before the first event;  sse-interval=DUR apart
//     sse-type=last         an event names its type after its image
//     sse-done=DUR          [DONE] comes this long after the image
// clang-format on
struct FaultScript {
  enum class Route { kAny, kImages, kModels, kEndpoints };
  enum class Body { kOrdinary, kJson, kAvailability, kHtml, kText, kEmpty };
  enum class Json {
    kSound,
    kTruncated,
    kWrongTypes,
    kDuplicateKeys,
    kDeep,
    kNan,
    kInvalidUtf8,
    kBom,
    kLoneSurrogate
  };
  enum class Image { kDrawn, kGarbage, kEmpty };
  enum class Base64 { kSound, kBadCharacter, kBadPadding, kWhitespace, kUrlSafe, kUnpadded, kDataUrl };
  enum class Chunked { kNo, kSound, kUnterminated, kBadSize };
  enum class Sse { kAsAsked, kAlways, kNever };
  enum class Newline { kLf, kCrLf, kCr, kMixed };
  static constexpr auto kForever = std::chrono::milliseconds::max();

  std::optional<int> times;
  std::string key;
  Route route = Route::kAny;
  std::string as;

  int status = 200;
  Headers headers;

  Body body = Body::kOrdinary;
  std::string message;
  std::optional<boost::json::value> code;
  boost::json::object metadata;
  bool moderation = false;
  std::string availability;
  bool retryable = false;

  Json json = Json::kSound;
  std::size_t depth = 100000;

  std::optional<int> images;
  std::optional<std::size_t> bytes;
  Image image = Image::kDrawn;
  std::optional<std::string> media_type;
  Base64 base64 = Base64::kSound;
  std::optional<bool> billed;

  bool gzip = false;

  std::chrono::milliseconds delay{0};

  bool half_request = false;
  std::optional<std::size_t> reset_after;
  std::optional<std::size_t> fin_after;
  long long length_error = 0;
  Chunked chunked = Chunked::kNo;
  std::size_t write_size = 0;
  std::chrono::milliseconds pause{0};
  bool tls_stall = false;

  Sse sse = Sse::kAsAsked;
  std::optional<int> sse_eof;
  std::optional<int> sse_error;
  int sse_unknown = 0;
  bool sse_multiline = false;
  Newline sse_newline = Newline::kLf;
  int sse_comments = 0;
  std::chrono::milliseconds sse_interval{0};
  bool sse_type_last = false;
  std::chrono::milliseconds sse_done{0};

  // Whether the answer replaces the generation.
  bool replaces_generation() const { return status >= 300 || status == 204 || body != Body::kOrdinary; }
};

// Reads the textual form. INVALID_ARGUMENT names the first pair that is not in the table or whose value does
// not fit.
absl::StatusOr<FaultScript> ParseFaultScript(std::string_view text);
// The same from a JSON object whose keys are the names of the table; values are strings, numbers or booleans.
absl::StatusOr<FaultScript> ParseFaultScript(const boost::json::object& object);

// TEXT of the model name "sandbox/TEXT"; nullopt when the author is another one or TEXT has no `=`.
std::optional<std::string_view> FaultScriptOfModel(std::string_view model_id);

}  // namespace openrouter_images::sandbox
