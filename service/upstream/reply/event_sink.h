#pragma once

#include <functional>

#include "openrouter/images/v1/images_service.pb.h"

namespace openrouter::images::upstream {

// Where the events of a streamed generation go. Used on one loop's thread.
class EventSink {
 public:
  virtual ~EventSink() = default;

  // Takes the next event; always, so whoever sends looks at Full() first. At most 1 MiB.
  virtual void Send(const v1::StreamGenerateImagesResponse& event) = 0;

  // Whether the receiver is behind. Nothing more should be read from the upstream then.
  virtual bool Full() const = 0;

  // Calls `resume` once, from a later turn of the loop, when Full() has become false. Replaces what was asked
  // for before; an empty function forgets it.
  virtual void WhenReady(std::function<void()> resume) = 0;
};

}  // namespace openrouter::images::upstream
