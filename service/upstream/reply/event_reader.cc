#include "service/upstream/reply/event_reader.h"

#include <boost/json/value.hpp>
#include <boost/locale/encoding_utf.hpp>
#include <utility>

#include "service/errors/text.h"

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kDone = "[DONE]";

constexpr std::size_t kMaxUnknownData = 256 * 1024;
constexpr std::size_t kMaxUnknownType = 256;

// Strings of a message are UTF-8.
std::string ValidUtf8(std::string_view text) {
  return boost::locale::conv::utf_to_utf<char>(text.data(), text.data() + text.size());
}

boost::json::object ObjectIn(const boost::json::value& value) {
  return value.is_object() ? value.get_object() : boost::json::object();
}

}  // namespace

bool EventReader::OnData(std::string_view part) {
  if (done_) return true;
  if (document_) {
    Keep(part);
    return Read(part);
  }
  const std::string start = data_;
  Keep(part);
  if (kDone.starts_with(data_)) return true;
  images_.BeginDocument(EventKind::kUndetermined);
  document_.emplace(ImageReplyReader::Document::kStreamEvent, limits_, images_);
  return Read(start) && Read(part);
}

void EventReader::Keep(std::string_view part) {
  if (document_ && HasImage(images_.kind())) {
    data_.clear();
  } else {
    data_.append(part.substr(0, kMaxUnknownData + 1 - data_.size()));
  }
}

bool EventReader::Read(std::string_view part) {
  if (broken_ || images_.kind() == EventKind::kUnknown) return true;
  return document_->Write(part) || Break();
}

bool EventReader::OnEventEnd() {
  if (done_) return true;
  if (!document_) {
    done_ = data_ == kDone;
    data_.clear();
    return !done_;
  }
  bool go_on = true;
  if (!broken_ && images_.kind() != EventKind::kUnknown) {
    if (const std::optional<boost::json::value> value = document_->Finish()) {
      go_on = handler_.OnEvent(ObjectIn(*value));
    } else {
      go_on = Break();
    }
  }
  if (images_.kind() == EventKind::kUnknown) handler_.OnUnknown();
  document_.reset();
  broken_ = false;
  data_.clear();
  return go_on;
}

bool EventReader::Break() {
  broken_ = true;
  document_->Finish();
  return handler_.OnBroken(*document_->defect(), ObjectIn(document_->TakePartial()));
}

void EventReader::Finish() {
  if (!document_ || broken_ || images_.kind() == EventKind::kUnknown) return;
  if (const std::optional<boost::json::value> value = document_->Finish()) {
    handler_.OnEvent(ObjectIn(*value));
  } else if (HasImage(images_.kind()) || images_.holds_image()) {
    handler_.OnBroken(*document_->defect(), ObjectIn(document_->TakePartial()));
  }
  document_.reset();
}

v1::UnknownEvent EventReader::AsItCame() const {
  v1::UnknownEvent event;
  const std::string type = ValidUtf8(images_.type());
  event.set_type(std::string(errors::WholeCharacters(type, kMaxUnknownType)));
  const std::string data = ValidUtf8(data_);
  event.set_data(std::string(errors::WholeCharacters(data, kMaxUnknownData)));
  event.set_truncated(data_.size() > kMaxUnknownData);
  return event;
}

}  // namespace openrouter_images::upstream
