#include "service/upstream/reply/generation_reply_receiver.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <utility>

#include "service/errors/error_body.h"
#include "service/errors/text.h"
#include "service/json/json_document.h"
#include "service/upstream/reply/reply_failure.h"

namespace openrouter::images::upstream {

namespace {

constexpr std::string_view kEventStream = "text/event-stream";
constexpr std::string_view kDone = "[DONE]";
constexpr std::string_view kPartialImage = "image_generation.partial_image";
constexpr std::string_view kTextChunk = "image_generation.text_chunk";
constexpr std::string_view kCompleted = "image_generation.completed";
constexpr std::string_view kError = "error";

constexpr std::size_t kMaxText = 256 * 1024;
constexpr std::size_t kMaxCompleted = 1024 * 1024 - 4096;
constexpr std::size_t kHeldBlock = 128 * 1024;

std::string_view StringAt(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(boost::json::string_view(key));
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

}  // namespace

StreamReply::StreamReply(const AttemptContext& context, const ReplyLimits& limits, int pictures,
                         http::Client& client, EventSink& sink)
    : ReplyReceiver(context),
      limits_(limits),
      pictures_(static_cast<std::size_t>(pictures)),
      client_(client),
      sink_(sink),
      chunks_(sink),
      sse_(*this) {}

StreamReply::~StreamReply() {
  sink_.WhenReady({});
}

void StreamReply::OnSuccessHead() {
  is_sse_ = absl::StartsWithIgnoreCase({content_type().data(), content_type().size()},
                                       {kEventStream.data(), kEventStream.size()});
  if (!is_sse_) BeginDocument(ImageReplyReader::Document::kReply);
  v1::StreamGenerateImagesResponse event;
  event.mutable_generation_started()->set_generation_id(generation_id());
  event.mutable_generation_started()->set_provider_streams(is_sse_);
  sink_.Send(std::move(event));
}

http::Flow StreamReply::OnSuccessBody(std::string_view bytes) {
  while (true) {
    if (!SendHeld(/*all=*/false) || (taken_ < bytes.size() && sink_.Full())) {
      sink_.WhenReady([this] { client_.Resume(*this); });
      return http::Flow::kPause;
    }
    if (taken_ == bytes.size()) {
      taken_ = 0;
      return http::Flow::kContinue;
    }
    if (!is_sse_) {
      empty_ = false;
      taken_ = bytes.size();
      if (!reader_->Write(bytes)) return Fail(FromReplyFault(*reader_->fault()));
      continue;
    }
    taken_ += sse_.Write(bytes.substr(taken_));
    // Nothing that matters comes behind the last word, and the connection's end may take its time.
    if (failed() || (done_ && IsComplete())) return http::Flow::kAbort;
  }
}

bool StreamReply::OnData(std::string_view part) {
  // What is newer than this service is not even read: it may be of any size.
  if (done_ || subject_ == Subject::kUnknownType) return true;
  if (!reader_) {
    // The stream's last word is not JSON.
    first_data_.append(part);
    if (kDone.starts_with(first_data_)) return true;
    BeginDocument(ImageReplyReader::Document::kStreamEvent);
    part = first_data_;
  }
  return reader_->Write(part) || SurvivesFault();
}

bool StreamReply::OnEventEnd() {
  if (done_) return true;
  const std::string data = std::exchange(first_data_, {});
  if (!reader_) {
    done_ = data == kDone;
    return !done_;
  }
  if (subject_ == Subject::kUnknownType) {
    PassOver();
    return true;
  }
  const std::optional<boost::json::value> document = reader_->Finish();
  if (!document) {
    if (!SurvivesFault()) return false;
    PassOver();
    return true;
  }
  reader_.reset();
  // JSON that is no object is an event of no known type.
  return TakeEvent(document->is_object() ? document->get_object() : boost::json::object());
}

bool StreamReply::TakeEvent(const boost::json::object& event) {
  if (subject_ == Subject::kPicture) {
    if (items_.size() >= static_cast<std::size_t>(limits_.max_pictures)) {
      Fail(errors::FromCondition(operation(), errors::Condition::kTooManyImages, ""));
      return false;
    }
    TakeCompleted(event);
  }
  if (subject_ == Subject::kPicture || subject_ == Subject::kPreview) {
    sending_held_ = !held_.empty();
    if (sending_held_) BeginPicture();
    return !sending_held_;
  }
  const std::string_view type = StringAt(event, "type");
  if (type == kError || (type.empty() && json::ErrorIn(event) != nullptr)) {
    Fail(errors::FromErrorInSuccess(operation(), errors::ReadErrorBody(event)));
    return false;
  }
  if (type == kTextChunk) {
    SendText(event);
  } else {
    PassOver();
  }
  return true;
}

bool StreamReply::SurvivesFault() {
  errors::Failure failure = FromReplyFault(*reader_->fault());
  const bool is_picture = subject_ == Subject::kPicture;
  // A picture is paid for when it is completed, and nothing says so of any other event.
  if (!is_picture && failure.error.billing_outcome() == v1::BILLING_OUTCOME_BILLED) {
    errors::MarkPaid(v1::BILLING_OUTCOME_UNKNOWN, failure);
  }
  // What the caller has cannot be taken back.
  if (is_picture || (in_picture_ && chunks_.sent() > 0)) {
    Fail(std::move(failure));
    return false;
  }
  if (!unreadable_) unreadable_ = std::move(failure);
  in_picture_ = false;
  subject_ = Subject::kUnknownType;
  return true;
}

void StreamReply::PassOver() {
  reader_.reset();
  held_.clear();
  subject_ = Subject::kUnknown;
  completed_.set_unknown_events(completed_.unknown_events() + 1);
}

void StreamReply::SendText(const boost::json::object& event) {
  std::string_view text = StringAt(event, "text");
  while (!text.empty()) {
    v1::StreamGenerateImagesResponse message;
    v1::TextChunk& chunk = *message.mutable_text_chunk();
    chunk.set_phase(std::string(StringAt(event, "phase")));
    const std::string_view piece = errors::WholeCharacters(text, kMaxText);
    chunk.set_text(std::string(piece));
    text.remove_prefix(piece.size());
    sink_.Send(std::move(message));
    text_sent_ = true;
  }
}

void StreamReply::TakeCompleted(const boost::json::object& event) {
  // Of several completed events the last one's usage stands: whether each speaks of itself or of the whole
  // call, no source says.
  boost::json::object item;
  for (const auto& [key, value] : event) {
    if (key == "type") continue;
    (key == "media_type" ? item : outcome_)[key] = value;
  }
  items_.push_back(std::move(item));
}

std::optional<errors::Failure> StreamReply::OnSuccessEnd() {
  if (is_sse_) {
    if (items_.empty()) {
      return unreadable_ ? std::exchange(unreadable_, std::nullopt)
                         : errors::FromCondition(operation(), errors::Condition::kIncompleteStream, "");
    }
    if (IsInPicture())
      return errors::FromCondition(operation(), errors::Condition::kTruncated, "a picture has no end");
    SendHeld(/*all=*/true);
    outcome_["data"] = items_;
    return Complete(outcome_);
  }
  if (empty_) return errors::FromCondition(operation(), errors::Condition::kEmptyReply, "");
  const std::optional<boost::json::value> document = reader_->Finish();
  if (!document) return FromReplyFault(*reader_->fault());
  return Complete(*document);
}

std::optional<errors::Failure> StreamReply::Complete(const boost::json::value& document) {
  if (auto failure = FromGenerationReply(CompleteResponse(document, heads_), document, heads_))
    return failure;
  completed_.set_created(heads_.created());
  for (int i = 0; i < completed_.images_size(); ++i) {
    completed_.mutable_images(i)->set_media_type(heads_.images(i).info().media_type());
  }
  if (heads_.has_usage()) *completed_.mutable_usage() = std::move(*heads_.mutable_usage());
  if (heads_.has_additional_fields()) {
    *completed_.mutable_additional_fields() = std::move(*heads_.mutable_additional_fields());
  }
  // Each event has its limit, and together they may still be too much for one message.
  if (completed_.ByteSizeLong() > kMaxCompleted) {
    completed_.clear_additional_fields();
    completed_.mutable_usage()->clear_additional_fields();
  }
  return std::nullopt;
}

bool StreamReply::IsComplete() const {
  return is_sse_ && !items_.empty() && !IsInPicture() && (done_ || items_.size() >= pictures_);
}

// In the middle of the event of a completed picture.
bool StreamReply::IsInPicture() const {
  return reader_ && subject_ == Subject::kPicture;
}

void StreamReply::Annotate(errors::Failure& failure) {
  // Completed pictures are billed, whatever came behind them.
  if (!items_.empty()) errors::MarkPaid(v1::BILLING_OUTCOME_BILLED, failure);
  const v1::Delivered& delivered = chunks_.delivered();
  if (delivered.bytes() == 0 && !text_sent_) return;
  // What the caller has cannot be taken back, so there is no second try.
  failure.retryability = retry::Retryability::kPermanent;
  *failure.error.mutable_delivered() = delivered;
}

void StreamReply::BeginDocument(ImageReplyReader::Document document) {
  reader_.emplace(document, limits_, static_cast<PictureSink&>(*this));
  subject_ = document == ImageReplyReader::Document::kReply ? Subject::kPicture : Subject::kUnknown;
  in_picture_ = false;
  held_.clear();
}

void StreamReply::OnEventType(std::string_view type) {
  if (subject_ != Subject::kUnknown) return;
  if (type == kPartialImage) {
    subject_ = Subject::kPreview;
  } else if (type == kCompleted) {
    subject_ = Subject::kPicture;
  } else if (type == kTextChunk || type == kError) {
    subject_ = Subject::kText;
  } else {
    subject_ = Subject::kUnknownType;
  }
}

std::string& StreamReply::BufferFor(int /*index*/) {
  switch (subject_) {
    case Subject::kUnknown:
      if (held_.empty() || held_.back().size() + kMaxPictureStep > kHeldBlock) {
        held_.emplace_back().reserve(kHeldBlock);
      }
      return held_.back();
    case Subject::kText:
    case Subject::kUnknownType:
      held_.resize(1);
      held_.front().clear();
      return held_.front();
    case Subject::kPreview:
    case Subject::kPicture:
      break;
  }
  if (!in_picture_) BeginPicture();
  return chunks_.Buffer();
}

void StreamReply::OnPictureEnd(int /*index*/) {
  if (in_picture_) EndPicture();
}

void StreamReply::BeginPicture() {
  in_picture_ = true;
  chunks_.Begin(subject_ == Subject::kPicture ? PictureChunks::Kind::kPicture
                                              : PictureChunks::Kind::kPreview);
}

void StreamReply::EndPicture() {
  in_picture_ = false;
  chunks_.End();
  if (subject_ != Subject::kPicture) return;
  heads_.add_images()->set_data(std::string(chunks_.head()));
  *completed_.add_images() = chunks_.digest();
}

bool StreamReply::SendHeld(bool all) {
  if (!sending_held_) return true;
  while (!held_.empty()) {
    if (!all && sink_.Full()) return false;
    const std::string block = std::move(held_.front());
    held_.pop_front();
    for (std::size_t at = 0; at < block.size(); at += kMaxPictureStep) {
      chunks_.Buffer().append(block, at, kMaxPictureStep);
    }
  }
  sending_held_ = false;
  EndPicture();
  return true;
}

}  // namespace openrouter::images::upstream
