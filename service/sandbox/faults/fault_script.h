#pragma once

#include <absl/status/statusor.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/http/http_message.h"

namespace openrouter::images::sandbox {

// clang-format off
//
// A scripted fault: how the answer to a request differs from the ordinary one. What is not set stays
// ordinary.
//
// Textual form: `name=value` pairs joined by `;`. Characters beyond the grammar may be percent-encoded (`%3B`
// is a semicolon). As a model's name behind `sandbox/` it makes any client, in any language, meet the fault:
//
//   grpcurl -plaintext -d '{"image": {"model": "sandbox/status=429;retry-after=2;times=1", "prompt": "a fox"}}' …
//
// DUR is `250ms`, `2s` or a number of milliseconds. N is a number of bytes unless it says otherwise.
//
//   which requests
//     times=K               only the first K requests (of a model: with exactly this name, default all; of a
//                           script: default 1)
//     key=TEXT              does nothing, but makes a name of its own with a count of its own
//     route=images|models|endpoints   a script waits for a request of this kind (default: any)
//     as=AUTHOR/SLUG        the model that answers where the fault lets a generation through (default
//                           sandbox/painter)
//   status and head
//     status=CODE           204 and all from 300 on take the place of a generation; from 400 on with an error
//                           body
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
//   pictures
//     images=K              K pictures instead of n
//     bytes=N               every picture is a valid PNG of exactly N bytes
//     picture=garbage|empty bytes that are no image
//     media-type=TEXT|none  what the reply claims
//     base64=bad-char|bad-padding|whitespace|url-safe
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
//     sse=always|never      whatever the request said and the model can
//     sse-eof=K             the stream ends after K partial pictures
//     sse-error=K           an error event after K partial pictures
//     sse-unknown=K         K events of an unknown type before the end
//     sse-multiline=yes     every event's data on two lines
//     sse-newline=lf|crlf|cr|mixed
//     sse-comments=K        K comment lines before the first event;  sse-interval=DUR apart
//     sse-type=last         an event names its type behind its picture
//     sse-done=DUR          [DONE] comes so much after the picture
// clang-format on
struct Fault {
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
  enum class Picture { kDrawn, kGarbage, kEmpty };
  enum class Base64 { kSound, kBadCharacter, kBadPadding, kWhitespace, kUrlSafe };
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
  Picture picture = Picture::kDrawn;
  std::optional<std::string> media_type;
  Base64 base64 = Base64::kSound;
  std::optional<bool> billed;

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

  // Whether the answer takes the place of a generation.
  bool replaces_generation() const { return status >= 300 || status == 204 || body != Body::kOrdinary; }
};

// INVALID_ARGUMENT names the first pair that is not in the table or whose value does not fit.
absl::StatusOr<Fault> ParseFault(std::string_view text);
// The same from a JSON object whose keys are the names of the table; values are strings, numbers or booleans.
absl::StatusOr<Fault> ParseFault(const boost::json::object& object);

// The fault's text in "sandbox/TEXT"; nullopt when the model's name is of another author or has no `=`.
std::optional<std::string_view> FaultTextOfModel(std::string_view model_id);

}  // namespace openrouter::images::sandbox
