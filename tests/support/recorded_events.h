#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "openrouter_images/v1/generation.pb.h"
#include "service/upstream/reply/event_sink.h"

namespace openrouter_images {

// Keeps the events of a generation. Not thread-safe.
class RecordedEvents final : public upstream::EventSink {
 public:
  // `delivers`: as the sink of a streamed call does.
  explicit RecordedEvents(bool delivers = true) : delivers_(delivers) {}

  void Send(v1::StreamGenerateImagesResponse event) override {
    events.push_back(std::move(event));
    if (full_after > 0 && --full_after == 0) full = true;
  }
  bool Delivers() const override { return delivers_; }
  bool Full() const override { return full; }
  void WhenReady(std::function<void()> resume) override { when_ready = std::move(resume); }

  // The events as text, one line per event. Adjacent pieces of one file, or of one phase's text, are joined,
  // so that the result does not depend on how they were cut.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::string open;  // Head of the line that the next piece may continue.
    const auto add = [&](const std::string& head, const std::string& bytes, bool last) {
      if (open != head) lines.push_back(head + ": ");
      lines.back() += bytes;
      open = last ? "" : head;
    };
    for (const v1::StreamGenerateImagesResponse& event : events) {
      if (event.has_partial_image()) {
        const v1::ImageChunk& piece = event.partial_image();
        add("preview " + std::to_string(piece.index()), piece.data(), piece.last());
      } else if (event.has_image_chunk()) {
        const v1::ImageChunk& piece = event.image_chunk();
        add("image " + std::to_string(piece.index()), piece.data(), piece.last());
      } else if (event.has_text_chunk()) {
        add("text " + event.text_chunk().phase(), event.text_chunk().text(), /*last=*/false);
      } else {
        lines.push_back(event.ShortDebugString());
        open.clear();
      }
    }
    return lines;
  }

  std::vector<v1::StreamGenerateImagesResponse> events;
  bool full = false;
  // Number of further events after which it becomes full; 0: never.
  int full_after = 0;
  std::function<void()> when_ready;

 private:
  const bool delivers_;
};

}  // namespace openrouter_images
