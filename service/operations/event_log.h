#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>

#include "openrouter_images/v1/generation.pb.h"
#include "service/upstream/reply/event_sink.h"

namespace openrouter_images::operations {

// The events of one generation, in order, between the generation that appends them and the reader that takes
// them.
//
// Has exactly one reader and keeps no event that the reader has taken. The log is full while kWindow events
// wait; the upstream is then not read, so that a slow reader costs no memory. All members are used on the
// generation's loop.
class EventLog final : public upstream::EventSink {
 public:
  using Event = v1::StreamGenerateImagesResponse;

  // `delivers`: see EventSink::Delivers.
  explicit EventLog(bool delivers) : delivers_(delivers) {}

  // Events that may wait before the log is full. An event is at most 1 MiB, an image's chunk 128 KiB.
  static constexpr std::size_t kWindow = 2;

  // The writer's side.
  void Send(Event event) override;
  bool Full() const override;
  void WhenReady(std::function<void()> resume) override;
  bool Delivers() const override { return delivers_; }

  // The reader's side. Attach comes first, once; `on_event` is called after each append.
  void Attach(std::function<void()> on_event);
  // Takes the next event; nothing when none waits.
  std::optional<Event> Next();

  // Whether the writer waits although there is room. ResumeWriter then resumes it; not to be called inside an
  // append, since the writer may be the caller.
  bool WriterWaits() const { return resume_ && !Full(); }
  void ResumeWriter();

 private:
  const bool delivers_;
  std::deque<Event> waiting_;
  std::function<void()> on_event_;
  std::function<void()> resume_;
};

}  // namespace openrouter_images::operations
