#include "service/upstream/reply/generation_reply_receiver.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "service/base/string_view.h"
#include "service/errors/status_builder.h"
#include "service/errors/text.h"
#include "service/json/get.h"
#include "service/json/json_struct.h"
#include "service/upstream/reply/generation_outcome.h"
#include "service/upstream/reply/own_fields.h"
#include "service/upstream/reply/reply_keys.h"

namespace openrouter_images::upstream {
namespace {

using errors::Condition;

constexpr std::size_t kMaxText = 256 * 1024;
// Of a text's other fields, as part of a message of at most 1 MiB.
constexpr std::size_t kMaxTextFields = 512 * 1024;
constexpr char kPhaseKey[] = "phase";
// Members of a text event that TextChunk has fields for, and its type.
constexpr std::string_view kTextKeys[] = {kTypeKey, kPhaseKey, kTextKey};

// White space and the bytes of a byte order mark: nothing to both kinds of reply when they come first.
constexpr std::string_view kBlank = " \t\r\n\xEF\xBB\xBF";

bool HasMediaType(std::string_view content_type, std::string_view media_type) {
  return absl::StartsWithIgnoreCase(base::ToAbsl(content_type), base::ToAbsl(media_type));
}

bool IsEventStream(std::string_view content_type) {
  return HasMediaType(content_type, "text/event-stream");
}

bool IsJson(std::string_view content_type) {
  return HasMediaType(content_type, "application/json");
}

// Whether a reply that begins with `first` is a stream: a line of one begins with a colon or the name of a
// field, a document with a bracket.
std::optional<bool> IsStreamByFirst(char first) {
  if (first == '{' || first == '[') return false;
  if (first == ':' || first == 'd' || first == 'e' || first == 'i' || first == 'r') return true;
  return std::nullopt;
}

}  // namespace

GenerationReplyReceiver::GenerationReplyReceiver(const AttemptContext& context, const ReplyLimits& limits,
                                                 int images, http::Transport& transport, EventSink& sink)
    : ReplyReceiver(context),
      attempt_(context.number),
      limits_(limits),
      requested_images_(static_cast<std::size_t>(images)),
      transport_(transport),
      sink_(redactor(), sink),
      images_(sink_, context.number, limits.max_images) {}

GenerationReplyReceiver::~GenerationReplyReceiver() {
  sink_.WhenReady({});
}

void GenerationReplyReceiver::OnSuccessHead() {
  // Otherwise the first byte of the body decides, and the caller has to wait for it.
  if (IsEventStream(content_type()) || IsJson(content_type())) Announce(IsEventStream(content_type()));
}

void GenerationReplyReceiver::Announce(bool is_stream) {
  v1::StreamGenerateImagesResponse event;
  v1::GenerationStarted& started = *event.mutable_generation_started();
  started.set_generation_id(generation_id());
  started.set_provider_streams(is_stream);
  started.set_attempt(attempt_);
  sink_.Send(std::move(event));
  is_announced_ = true;
}

void GenerationReplyReceiver::Begin(char first) {
  const bool is_stream = IsStreamByFirst(first).value_or(IsEventStream(content_type()));
  if (!is_announced_) Announce(is_stream);
  if (is_stream) {
    events_.emplace(limits_, images_, static_cast<EventReader::Handler&>(*this));
  } else {
    images_.BeginDocument(EventKind::kCompleted);
    document_.emplace(ImageReplyReader::Document::kReply, limits_, images_);
  }
}

http::Flow GenerationReplyReceiver::OnSuccessBody(std::string_view bytes) {
  while (true) {
    if (!images_.SendHeld(/*all=*/false) || (taken_ < bytes.size() && sink_.Full())) {
      sink_.WhenReady([this] { transport_.Resume(*this); });
      return http::Flow::kPause;
    }
    if (!has_begun()) {
      taken_ = std::min(bytes.find_first_not_of(kBlank), bytes.size());
      if (taken_ < bytes.size()) Begin(bytes[taken_]);
    }
    if (taken_ == bytes.size()) {
      taken_ = 0;
      return http::Flow::kContinue;
    }
    if (document_) {
      const std::string_view rest = bytes.substr(taken_);
      taken_ = bytes.size();
      if (!document_->Write(rest)) return Fail(FromDefect(*document_->defect()));
      continue;
    }
    taken_ += events_->Write(bytes.substr(taken_));
    // Nothing of use follows "[DONE]", and the connection's end may take long.
    if (events_->is_done()) return http::Flow::kAbort;
  }
}

bool GenerationReplyReceiver::OnEvent(const boost::json::object& event) {
  if (const std::optional<bool> go_on = TakeFile(event)) return *go_on;
  switch (images_.kind()) {
    case EventKind::kTextChunk:
      // A text that was too long is missing; its beginning is handed on.
      if (events_->lost_fields() && !event.contains(kTextKey)) break;
      SendText(event);
      return true;
    case EventKind::kUndetermined:
      if (errors::ErrorIn(event) == nullptr) break;
      [[fallthrough]];
    case EventKind::kError:
      // The image may still come: what ends the reply is its end.
      if (!error_) error_ = FromErrorIn(event);
      return true;
    default:
      break;
  }
  images_.Skip();
  return true;
}

bool GenerationReplyReceiver::OnBroken(const ReplyDefect& defect, const boost::json::object& event) {
  // A broken preview is not what was paid for, and the image may come after it.
  if (const std::optional<bool> go_on = TakeFile(event)) {
    if (images_.kind() == EventKind::kCompleted && !broken_image_) broken_image_ = FromDefect(defect);
    return *go_on;
  }
  if (!broken_) broken_ = FromDefect(defect);
  images_.Skip();
  return true;
}

std::optional<bool> GenerationReplyReceiver::TakeFile(const boost::json::object& event) {
  NoteCost(event);
  if (images_.kind() == EventKind::kUndetermined && images_.holds_image()) {
    images_.Assume(event.contains("partial_image_index") ? EventKind::kPartialImage : EventKind::kCompleted);
  }
  switch (images_.kind()) {
    case EventKind::kPartialImage:
      return images_.EndEvent(event, events_->lost_fields());
    case EventKind::kCompleted:
      return TakeImage(event);
    case EventKind::kSurplus:
      completed_.set_dropped_images(completed_.dropped_images() + 1);
      return true;
    default:
      return std::nullopt;
  }
}

void GenerationReplyReceiver::OnUnknown() {
  v1::StreamGenerateImagesResponse event;
  *event.mutable_unknown_event() = events_->AsItCame();
  sink_.Send(std::move(event));
}

bool GenerationReplyReceiver::TakeImage(const boost::json::object& event) {
  NameServer(event);
  if (events_->lost_fields()) completed_.set_additional_fields_dropped(true);
  items_.push_back(event);
  return images_.EndEvent(event, events_->lost_fields());
}

void GenerationReplyReceiver::SendText(const boost::json::object& event) {
  std::string whole_text(json::GetString(event, kTextKey).value_or(""));
  // Before the text is cut, perhaps inside the key.
  redactor().Redact(whole_text);
  std::string_view text = whole_text;
  const std::string_view phase = json::GetString(event, kPhaseKey).value_or("");
  v1::TextChunk rest;
  boost::json::object others;
  for (const auto& [key, value] : event) {
    const bool has_field = std::ranges::find(kTextKeys, std::string_view(key)) != std::end(kTextKeys);
    if (!has_field || !value.is_string()) others.emplace(key, value);
  }
  ReadOwnFields(others, {}, rest);
  if (rest.ByteSizeLong() > kMaxTextFields) rest.clear_additional_fields();
  const bool lost_fields = events_->lost_fields() || (!others.empty() && !rest.has_additional_fields());
  rest.set_additional_fields_dropped(lost_fields);
  do {
    v1::StreamGenerateImagesResponse message;
    v1::TextChunk& chunk = *message.mutable_text_chunk();
    const std::string_view piece = errors::WholeCharacters(text, kMaxText);
    text.remove_prefix(piece.size());
    if (text.empty()) chunk = std::move(rest);
    chunk.set_phase(std::string(errors::WholeCharacters(phase, kMaxText)));
    chunk.set_text(std::string(piece));
    sink_.Send(std::move(message));
    text_sent_ = true;
  } while (!text.empty());
}

std::optional<errors::Failure> GenerationReplyReceiver::OnSuccessEnd(std::optional<errors::Failure> cut) {
  if (!has_begun()) {
    if (cut) return cut;
    return FromCondition(IsEventStream(content_type()) ? Condition::kIncompleteStream
                                                       : Condition::kEmptyReply);
  }
  return events_ ? EndStream(std::move(cut)) : EndDocument(std::move(cut));
}

std::optional<errors::Failure> GenerationReplyReceiver::EndStream(std::optional<errors::Failure> cut) {
  images_.SendHeld(/*all=*/true);
  events_->Finish();
  images_.SendHeld(/*all=*/true);
  // What the upstream said counts more than how the reply ended after that.
  if (error_) cut = std::move(error_);
  if (images_.has_whole_image()) images_.Finish(items_.size());
  ReadEvents(items_, images_.images(), completed_);
  std::optional<errors::Failure> failure;
  if (cut && !(HasAll() && cut->source == errors::Source::kService)) {
    failure = std::move(cut);
  } else if (broken_image_) {
    failure = std::move(broken_image_);
  } else if (!images_.has_whole_image()) {
    failure = WhyNoImageInStream();
  }
  return EndWith(std::move(failure));
}

bool GenerationReplyReceiver::HasAll() const {
  const auto whole = static_cast<std::size_t>(images_.sent().images());
  return whole >= requested_images_ && whole == items_.size() && !broken_image_;
}

errors::Failure GenerationReplyReceiver::WhyNoImageInStream() {
  if (!items_.empty()) return WhyNoImage({{kDataKey, boost::json::array(items_.begin(), items_.end())}});
  return broken_ ? *std::move(broken_) : FromCondition(Condition::kIncompleteStream);
}

errors::Failure GenerationReplyReceiver::WhyNoImage(const boost::json::object& reply) const {
  if (errors::ErrorIn(reply) != nullptr) return FromErrorIn(reply);
  for (const boost::json::object& item : items_) {
    if (errors::ErrorIn(item) != nullptr) return FromErrorIn(item);
  }
  errors::Failure failure = FromCondition(items_.empty() ? Condition::kNoImages : Lacking());
  // What came instead, for instance a URL.
  *failure.error.mutable_upstream()->mutable_additional_reply_fields() = json::ToStruct(reply);
  return failure;
}

std::optional<errors::Failure> GenerationReplyReceiver::EndDocument(std::optional<errors::Failure> cut) {
  std::optional<boost::json::value> document = document_->Finish();
  const bool is_complete = document.has_value();
  if (!is_complete) document = document_->TakePartial();
  const boost::json::object* reply = document->if_object();
  const boost::json::object nothing;
  if (reply == nullptr) reply = &nothing;
  NameServer(*reply);
  completed_.set_dropped_images(document_->dropped_images());
  completed_.set_additional_fields_dropped(document_->other_fields_dropped());
  items_ = ItemsOf(*reply);
  if (images_.has_whole_image()) images_.Finish(items_.size());
  ReadDocument(*reply, items_, images_.images(), completed_);
  if (is_complete) {
    // A connection that is lost after that loses nothing.
    cut.reset();
    if (!images_.has_whole_image()) cut = WhyNoImageIn(*reply);
  } else if (!cut) {
    cut = FromDefect(*document_->defect());
  }
  return EndWith(std::move(cut));
}

errors::Failure GenerationReplyReceiver::WhyNoImageIn(const boost::json::object& reply) const {
  if (json::GetArray(reply, kDataKey) == nullptr && errors::ErrorIn(reply) == nullptr) {
    return errors::FromCondition(operation(), Condition::kProtocol, "the reply has no list of images");
  }
  return WhyNoImage(reply);
}

Condition GenerationReplyReceiver::Lacking() const {
  return std::ranges::any_of(images_.images(), &FileInfo::is_too_large) ? Condition::kTooLarge
                                                                        : Condition::kEmptyImage;
}

std::optional<errors::Failure> GenerationReplyReceiver::EndWith(std::optional<errors::Failure> failure) {
  if (!images_.has_whole_image()) {
    if (const double cost = std::max(cost_, completed_.usage().cost()); cost > 0) {
      errors::AddCost(cost, *failure);
    }
    return failure;
  }
  if (!failure && std::ranges::any_of(images_.images(), &FileInfo::is_too_large)) {
    failure = FromCondition(Condition::kTooLarge);
  }
  if (failure) {
    Complete(*failure);
    *completed_.mutable_partial_failure() =
        errors::StatusBuilder(*failure, {}, std::nullopt).BuildPartialFailure();
  }
  redactor().Redact(completed_);
  CutToFit(completed_);
  return std::nullopt;
}

void GenerationReplyReceiver::NoteCost(const boost::json::object& event) {
  const boost::json::object* usage = json::GetObject(event, kUsageKey);
  if (usage != nullptr) cost_ = std::max(cost_, json::GetNumber(*usage, "cost").value_or(0));
}

void GenerationReplyReceiver::NameServer(const boost::json::object& fields) {
  if (const auto model = json::GetString(fields, "model")) set_model(*model);
  if (const auto provider = json::GetString(fields, "provider")) set_provider(*provider);
}

void GenerationReplyReceiver::Annotate(errors::Failure& failure) {
  if (!sink_.Delivers()) return;
  if (!images_.has_sent_anything() && !text_sent_) return;
  // What the caller has cannot be taken back, so there is no retry.
  failure.retryability = retry::Retryability::kPermanent;
  *failure.error.mutable_delivered() = images_.sent();
}

errors::Failure GenerationReplyReceiver::FromCondition(Condition condition) const {
  return errors::FromCondition(operation(), condition, "");
}

errors::Failure GenerationReplyReceiver::FromDefect(const ReplyDefect& defect) const {
  return errors::FromCondition(operation(), defect.condition, defect.message);
}

}  // namespace openrouter_images::upstream
