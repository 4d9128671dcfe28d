#include "service/upstream/reply/event_reader.h"

#include <boost/json/value.hpp>
#include <utility>

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kDone = "[DONE]";

}  // namespace

bool EventReader::OnData(std::string_view part) {
  if (done_) return true;
  if (document_) {
    return images_.kind() == EventKind::kUnknown || document_->Write(part) || Skip();
  }
  start_.append(part);
  if (kDone.starts_with(start_)) return true;
  images_.BeginDocument(EventKind::kUndetermined);
  document_.emplace(ImageReplyReader::Document::kStreamEvent, limits_, images_);
  return document_->Write(std::exchange(start_, {})) || Skip();
}

bool EventReader::OnEventEnd() {
  if (done_) return true;
  if (!document_) {
    done_ = std::exchange(start_, {}) == kDone;
    return !done_;
  }
  if (images_.kind() != EventKind::kUnknown) {
    const std::optional<boost::json::value> value = document_->Finish();
    if (value) {
      document_.reset();
      return handler_.OnEvent(value->is_object() ? value->get_object() : boost::json::object());
    }
    if (!Skip()) return false;
  }
  document_.reset();
  handler_.OnSkipped();
  return true;
}

bool EventReader::Skip() {
  if (!handler_.OnUnreadable(*document_->defect())) return false;
  images_.Skip();
  return true;
}

}  // namespace openrouter_images::upstream
