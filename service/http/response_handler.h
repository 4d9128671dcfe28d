#pragma once

#include <string_view>

#include "service/http/response.h"

namespace openrouter_images::http {

// What to do with the transfer after a piece of the body.
enum class Flow {
  kContinue,
  kPause,  // Nothing of this piece was taken: it is delivered again after Transport::Resume. Reading stops
           // meanwhile.
  kYield,  // As kPause, but resumed by itself, in a later turn of the loop: for work that is done in parts.
  kAbort,  // The transfer ends with Fault::kAbortedByHandler.
};

// Receives one transfer. Called on the client's loop only, never after Send has returned. Implementations do
// not block, and neither start nor destroy a transfer from inside a call. An exception ends its own transfer
// only, with Fault::kCallbackThrew; one from OnDispatch prevents the dispatch.
class ResponseHandler {
 public:
  // The instant of the dispatch: from here on the request may cost money. For a POST it is just before the
  // first byte of the body leaves, after Request::before_dispatch; for a GET before the first byte of the
  // head. At most once per transfer, even when libcurl repeats a GET.
  virtual void OnDispatch() = 0;

  // The final head, once, before any of the body. Not called for interim replies.
  virtual void OnHead(const ResponseHead& head) = 0;

  // The next bytes of the body, 1 to 16,384 of them, transfer encoding removed and content encoding left
  // alone.
  virtual Flow OnBody(std::string_view bytes) = 0;

 protected:
  ~ResponseHandler() = default;
};

}  // namespace openrouter_images::http
