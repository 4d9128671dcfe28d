#pragma once

#include <functional>

#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::upstream {

// Where the events of one generation go, whether its caller asked for a stream or for one response.
//
// Not thread-safe: every function is called on the thread of the call's loop, and so is `resume`.
class EventSink {
 public:
  virtual ~EventSink() = default;

  // Takes the next event, of at most 1 MiB. Never refuses one: the sender checks Full() first. Image bytes
  // are not copied. Each attempt whose reply begins sends `generation_started` first.
  virtual void Send(v1::StreamGenerateImagesResponse event) = 0;

  // Whether events reach the caller as they are sent. If so, images have a digest, and an attempt that
  // delivered an image, a preview or text is not repeated. Otherwise the sink keeps the events of the last
  // attempt only: it drops all others at `generation_started`.
  virtual bool Delivers() const = 0;

  // Whether enough events wait to be taken. Nothing more should be read from the upstream then.
  virtual bool Full() const = 0;

  // Calls `resume` once, from a later turn of the loop, when Full() has become false. Replaces an earlier
  // `resume`; an empty function removes it.
  virtual void WhenReady(std::function<void()> resume) = 0;
};

}  // namespace openrouter_images::upstream
