#include "service/operations/event_log.h"

#include <utility>

namespace openrouter_images::operations {

void EventLog::Send(Event event) {
  waiting_.push_back(std::move(event));
  on_event_();
}

bool EventLog::Full() const {
  return waiting_.size() >= kWindow;
}

void EventLog::WhenReady(std::function<void()> resume) {
  resume_ = std::move(resume);
}

void EventLog::Attach(std::function<void()> on_event) {
  on_event_ = std::move(on_event);
}

std::optional<EventLog::Event> EventLog::Next() {
  if (waiting_.empty()) return std::nullopt;
  std::optional<Event> event(std::move(waiting_.front()));
  waiting_.pop_front();
  return event;
}

void EventLog::ResumeWriter() {
  if (WriterWaits()) std::exchange(resume_, {})();
}

}  // namespace openrouter_images::operations
