#include "service/upstream/reply/generation_reply_receiver.h"

#include <absl/strings/match.h>

#include <string>
#include <utility>

#include "service/errors/error_body.h"
#include "service/errors/text.h"
#include "service/json/get.h"
#include "service/upstream/reply/generation_outcome.h"

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kEventStream = "text/event-stream";

constexpr std::size_t kMaxText = 256 * 1024;

}  // namespace

GenerationReplyReceiver::GenerationReplyReceiver(const AttemptContext& context, const ReplyLimits& limits,
                                                 int images, http::Transport& transport, EventSink& sink)
    : ReplyReceiver(context),
      limits_(limits),
      requested_images_(static_cast<std::size_t>(images)),
      transport_(transport),
      sink_(sink),
      images_(sink) {}

GenerationReplyReceiver::~GenerationReplyReceiver() {
  sink_.WhenReady({});
}

void GenerationReplyReceiver::OnSuccessHead() {
  if (absl::StartsWithIgnoreCase({content_type().data(), content_type().size()},
                                 {kEventStream.data(), kEventStream.size()})) {
    events_.emplace(limits_, images_, static_cast<EventReader::Handler&>(*this));
  } else {
    images_.BeginDocument(EventKind::kCompleted);
    document_.emplace(ImageReplyReader::Document::kReply, limits_, images_);
  }
  v1::StreamGenerateImagesResponse event;
  event.mutable_generation_started()->set_generation_id(generation_id());
  event.mutable_generation_started()->set_provider_streams(events_.has_value());
  sink_.Send(std::move(event));
}

http::Flow GenerationReplyReceiver::OnSuccessBody(std::string_view bytes) {
  while (true) {
    if (!images_.SendHeld(/*all=*/false) || (taken_ < bytes.size() && sink_.Full())) {
      sink_.WhenReady([this] { transport_.Resume(*this); });
      return http::Flow::kPause;
    }
    if (taken_ == bytes.size()) {
      taken_ = 0;
      return http::Flow::kContinue;
    }
    if (document_) {
      is_empty_ = false;
      taken_ = bytes.size();
      if (!document_->Write(bytes)) return Fail(FromDefect(*document_->defect()));
      continue;
    }
    taken_ += events_->Write(bytes.substr(taken_));
    // Nothing of use follows "[DONE]", and the connection's end may take long.
    if (failed() || (events_->is_done() && IsComplete())) return http::Flow::kAbort;
  }
}

bool GenerationReplyReceiver::OnEvent(const boost::json::object& event) {
  switch (images_.kind()) {
    case EventKind::kCompleted:
      return TakeCompleted(event);
    case EventKind::kPartialImage:
      return images_.EndEvent();
    case EventKind::kTextChunk:
      SendText(event);
      return true;
    case EventKind::kUndetermined:
      if (errors::ErrorIn(event) == nullptr) break;
      [[fallthrough]];
    case EventKind::kError:
      Fail(errors::FromErrorInSuccess(operation(), errors::ReadErrorBody(event)));
      return false;
    case EventKind::kUnknown:
      break;
  }
  images_.Skip();
  OnSkipped();
  return true;
}

bool GenerationReplyReceiver::TakeCompleted(const boost::json::object& event) {
  if (items_.size() >= static_cast<std::size_t>(limits_.max_images)) {
    Fail(errors::FromCondition(operation(), errors::Condition::kTooManyImages, ""));
    return false;
  }
  // The last completed event's usage counts: it is undocumented whether each covers one image or the whole
  // call.
  boost::json::object item;
  for (const auto& [key, value] : event) {
    if (key == "type") continue;
    (key == "media_type" ? item : merged_)[key] = value;
  }
  items_.push_back(std::move(item));
  return images_.EndEvent();
}

bool GenerationReplyReceiver::OnUnreadable(const ReplyDefect& defect) {
  errors::Failure failure = FromDefect(defect);
  const bool is_image = images_.kind() == EventKind::kCompleted;
  // Only a completed image is known to be billed.
  if (!is_image && failure.error.billing_outcome() == v1::BILLING_OUTCOME_BILLED) {
    errors::MarkBilled(v1::BILLING_OUTCOME_UNKNOWN, failure);
  }
  // What the caller has cannot be taken back.
  if (is_image || (sink_.Delivers() && images_.is_partly_sent())) {
    Fail(std::move(failure));
    return false;
  }
  if (!unreadable_) unreadable_ = std::move(failure);
  return true;
}

void GenerationReplyReceiver::OnSkipped() {
  completed_.set_unknown_events(completed_.unknown_events() + 1);
}

void GenerationReplyReceiver::SendText(const boost::json::object& event) {
  std::string_view text = json::GetString(event, "text").value_or("");
  while (!text.empty()) {
    v1::StreamGenerateImagesResponse message;
    v1::TextChunk& chunk = *message.mutable_text_chunk();
    chunk.set_phase(std::string(json::GetString(event, "phase").value_or("")));
    const std::string_view piece = errors::WholeCharacters(text, kMaxText);
    chunk.set_text(std::string(piece));
    text.remove_prefix(piece.size());
    sink_.Send(std::move(message));
    text_sent_ = true;
  }
}

std::optional<errors::Failure> GenerationReplyReceiver::OnSuccessEnd() {
  return events_ ? EndStream() : EndDocument();
}

std::optional<errors::Failure> GenerationReplyReceiver::EndStream() {
  if (items_.empty()) {
    return unreadable_ ? std::exchange(unreadable_, std::nullopt)
                       : errors::FromCondition(operation(), errors::Condition::kIncompleteStream, "");
  }
  if (IsInImage()) {
    return errors::FromCondition(operation(), errors::Condition::kTruncated, "an image has no end");
  }
  images_.SendHeld(/*all=*/true);
  merged_["data"] = items_;
  return ReadOutcome(merged_, images_.images(), completed_);
}

std::optional<errors::Failure> GenerationReplyReceiver::EndDocument() {
  if (is_empty_) return errors::FromCondition(operation(), errors::Condition::kEmptyReply, "");
  const std::optional<boost::json::value> document = document_->Finish();
  if (!document) return FromDefect(*document_->defect());
  return ReadOutcome(*document, images_.images(), completed_);
}

bool GenerationReplyReceiver::IsComplete() const {
  return events_ && !items_.empty() && !IsInImage() &&
         (events_->is_done() || items_.size() >= requested_images_);
}

bool GenerationReplyReceiver::IsInImage() const {
  return events_->is_in_event() && images_.kind() == EventKind::kCompleted;
}

void GenerationReplyReceiver::Annotate(errors::Failure& failure) {
  // Completed images are billed, whatever came after them.
  if (!items_.empty()) errors::MarkBilled(v1::BILLING_OUTCOME_BILLED, failure);
  if (!sink_.Delivers() || (images_.sent().bytes() == 0 && !text_sent_)) return;
  // What the caller has cannot be taken back, so there is no retry.
  failure.retryability = retry::Retryability::kPermanent;
  *failure.error.mutable_delivered() = images_.sent();
}

errors::Failure GenerationReplyReceiver::FromDefect(const ReplyDefect& defect) const {
  return errors::FromCondition(operation(), defect.condition, defect.message);
}

}  // namespace openrouter_images::upstream
