#pragma once

#include <functional>
#include <utility>

#include "service/errors/redact.h"
#include "service/upstream/reply/event_sink.h"

namespace openrouter_images::upstream {

// Takes the attempt's key out of all texts of the events that pass through it: some upstreams echo it. The
// bytes of images are left alone.
class RedactingSink final : public EventSink {
 public:
  // `redactor` and `sink` outlive the object.
  RedactingSink(const errors::Redactor& redactor, EventSink& sink) : redactor_(redactor), sink_(sink) {}

  void Send(v1::StreamGenerateImagesResponse event) override {
    redactor_.Redact(event);
    sink_.Send(std::move(event));
  }
  bool Delivers() const override { return sink_.Delivers(); }
  bool Full() const override { return sink_.Full(); }
  void WhenReady(std::function<void()> resume) override { sink_.WhenReady(std::move(resume)); }

 private:
  const errors::Redactor& redactor_;
  EventSink& sink_;
};

}  // namespace openrouter_images::upstream
